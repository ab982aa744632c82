//! Pictures of shapes, in the plane and in space.
//!
//! Two pictures of a plane must agree in all but [`FEW`] of their pixels: at an edge, values are so
//! small that their signs are rounding errors. Depths must agree to a voxel (where a whole tile is
//! inside, fidget puts its front a voxel too near) in all but [`FEW`] of the pixels. Where depths
//! are the same, gradients must have the same direction to a degree in all but [`MANY`] of them: on
//! an edge of the shape each may see the other side's. Fidget gives no gradient where a tile is
//! inside, and none is compared there.

use super::{JIT, VM};
use crate::models;
use crate::peers::fidget;
use crate::race::{Entrant, Race};
use ::fidget::eval::MathFunction;
use ::fidget::jit::JitFunction;
use ::fidget::raster::{pixel, voxel};
use ::fidget::render::{RenderHints, ThreadPool};
use ::fidget::vm::VmFunction;
use anyhow::{Context, ensure};
use smalto::shape::{Camera, Image, RenderOptions, Shading, Shape, Solid, Surface, View, Volume};
use smalto::{Affine, vm};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

/// The part of the pixels of two pictures in which they may differ.
const FEW: f64 = 1e-4;
/// The part of the gradients of two pictures in which they may differ.
const MANY: f64 = 1e-2;

/// Where our pictures are. Fidget's are each in memory of their own.
#[derive(Debug, Clone, Copy)]
pub(super) enum Memory {
    /// In that of the last one, as one who draws again and again has them.
    Again,
    /// In memory of their own, as one who keeps them has them.
    Fresh,
}

/// A picture of the plane by one thread.
pub(super) fn plane(model: &str, side: u32, memory: Memory) -> anyhow::Result<Race> {
    let text = models::model(model)?;
    let mut ours = our_plane(&text, side, memory, alone()?)?;
    let mut theirs = fidget::Shape::parse(&text)?.plane::<JitFunction>(side, None)?;
    let note = compare_planes(&ours().borrow(), &theirs())?;
    Ok(race(
        Entrant::new(move || drop(ours())),
        vec![Entrant::new(theirs).note(note)],
    ))
}

/// The same by two, against ourselves alone and against fidget by two.
pub(super) fn plane_by_two(model: &str, side: u32) -> anyhow::Result<Race> {
    let text = models::model(model)?;
    let mut ours = our_plane(&text, side, Memory::Again, two()?)?;
    let mut alone = our_plane(&text, side, Memory::Again, alone()?)?;
    let pool = ThreadPool::Custom(pool_of_two()?);
    let shape = fidget::Shape::parse(&text)?;
    let mut theirs = shape.plane::<JitFunction>(side, Some(pool))?;
    ensure!(
        ours() == alone(),
        "two threads and one draw different pictures of {model}"
    );
    let note = compare_planes(&ours().borrow(), &theirs())?;
    let peers = vec![
        Entrant::new(move || drop(alone())).note("same pixels".into()),
        Entrant::new(theirs).note(note),
    ];
    Ok(race(Entrant::new(move || drop(ours())), peers))
}

/// The view of `fidget-cli render3d --scale 0.7 --pitch 60 --roll 30 --isometric`: its command
/// scales what it sees by the inverse of the scale, then turns it about x by the pitch, then about
/// z by the roll.
pub(super) fn colonnade(side: u32, memory: Memory) -> anyhow::Result<Race> {
    let to_model = Affine::scale(1.0 / 0.7)
        .then(Affine::rotate_x(60f64.to_radians()))
        .then(Affine::rotate_z(30f64.to_radians()));
    solid::<JitFunction>(JIT, "colonnade.vm", side, to_model, memory)
}

/// Along the z axis.
pub(super) fn bear(side: u32) -> anyhow::Result<Race> {
    let memory = Memory::Again;
    solid::<VmFunction>(VM, "bear.vm", side, Affine::IDENTITY, memory)
}

/// Depths and gradients of a solid by one thread.
fn solid<F: MathFunction + RenderHints + 'static>(
    peer: &str,
    model: &str,
    side: u32,
    to_model: Affine,
    memory: Memory,
) -> anyhow::Result<Race> {
    let text = models::model(model)?;
    let mut ours = our_solid(&text, side, to_model, memory, alone()?)?;
    let mut theirs = fidget::Shape::parse(&text)?.solid::<F>(side, to_model, None)?;
    let note = compare_surfaces(&ours().borrow(), &theirs())
        .with_context(|| format!("Smalto and {peer} disagree about {model}"))?;
    Ok(race(
        Entrant::new(move || drop(ours())),
        vec![Entrant::new(theirs).note(note)],
    ))
}

fn race(ours: Entrant, peers: Vec<Entrant>) -> Race {
    Race {
        ours: vec![ours],
        peers,
        runs_per_result: 1.0,
    }
}

/// Where rayon's threads are.
type Pool = Arc<rayon::ThreadPool>;

/// The calling thread, and no other.
fn alone() -> anyhow::Result<Pool> {
    // A thread can be in one pool, once.
    static ALONE: OnceLock<Pool> = OnceLock::new();
    if let Some(pool) = ALONE.get() {
        return Ok(Arc::clone(pool));
    }
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1);
    let pool = Arc::new(pool.use_current_thread().build()?);
    Ok(Arc::clone(ALONE.get_or_init(|| pool)))
}

fn two() -> anyhow::Result<Pool> {
    Ok(Arc::new(pool_of_two()?))
}

fn pool_of_two() -> anyhow::Result<rayon::ThreadPool> {
    Ok(rayon::ThreadPoolBuilder::new().num_threads(2).build()?)
}

/// Draws a picture, and hands it over for as long as the next is not drawn.
fn our_plane(
    text: &[u8],
    side: u32,
    memory: Memory,
    pool: Pool,
) -> anyhow::Result<impl FnMut() -> Rc<RefCell<Image>> + use<>> {
    let shape = Shape::<f32>::new(&vm::parse(text)?, &RenderOptions::default())?;
    let view = View::square(side)?;
    let image = Rc::new(RefCell::new(Image::default()));
    Ok(move || {
        let mut earlier = image.take();
        if matches!(memory, Memory::Fresh) {
            earlier = Image::default();
        }
        let options = RenderOptions::default();
        let draw = || shape.render_into(&mut earlier, &view, Shading::Bitmap, &options, &());
        pool.install(draw).expect("the model was drawn before");
        image.replace(earlier);
        Rc::clone(&image)
    })
}

fn our_solid(
    text: &[u8],
    side: u32,
    to_model: Affine,
    memory: Memory,
    pool: Pool,
) -> anyhow::Result<impl FnMut() -> Rc<RefCell<Surface>> + use<>> {
    let solid = Solid::<f32>::new(&vm::parse(text)?, &RenderOptions::default())?;
    let volume = Volume::new(side, side)?;
    let camera = Camera::new(to_model);
    let options = RenderOptions::default();
    let surface = pool.install(|| solid.surface(&volume, &camera, true, &options, &()))?;
    let surface = Rc::new(RefCell::new(surface));
    Ok(move || {
        {
            let earlier = &mut *surface.borrow_mut();
            let options = RenderOptions::default();
            let look = || match memory {
                Memory::Again => solid.surface_into(earlier, &volume, &camera, true, &options, &()),
                Memory::Fresh => solid
                    .surface(&volume, &camera, true, &options, &())
                    .map(|fresh| *earlier = fresh),
            };
            pool.install(look).expect("the model was seen before");
        }
        Rc::clone(&surface)
    })
}

/// Whether two pictures agree, in words.
fn compare_planes(ours: &Image, theirs: &pixel::Image) -> anyhow::Result<String> {
    let pixels = ours.bytes().iter().zip(theirs.as_slice());
    let differ = pixels
        .filter(|&(&ours, theirs)| (ours == 255) != theirs.inside())
        .count();
    within(FEW, differ, theirs.len(), "pixels")
}

/// Whether two surfaces agree, in words.
fn compare_surfaces(ours: &Surface, theirs: &voxel::Image) -> anyhow::Result<String> {
    let (mut far, mut turned, mut directions) = (0, 0, 0);
    for (ours, theirs) in ours.hits().iter().zip(theirs.as_slice()) {
        far += usize::from(ours.depth.abs_diff(theirs.depth) > 1);
        let [x, y, z] = theirs.normal;
        // Its rows are numbered downwards, and its derivatives are by their numbers.
        let theirs_up = [x, -y, z];
        if ours.depth == theirs.depth && theirs.normal != [0.0; 3] {
            directions += 1;
            turned += usize::from(!is_parallel(ours.gradient, theirs_up));
        }
    }
    ensure!(directions > 0, "there is no gradient to compare");
    let depths = within(FEW, far, theirs.len(), "depths")?;
    let gradients = within(MANY, turned, directions, "gradients")?;
    Ok(format!("{depths}, {gradients}"))
}

/// Whether two directions are the same to a degree.
fn is_parallel(a: [f32; 3], b: [f32; 3]) -> bool {
    let dot = |a: [f32; 3], b: [f32; 3]| -> f64 {
        let products = a.iter().zip(b).map(|(&a, b)| f64::from(a) * f64::from(b));
        products.sum()
    };
    let lengths = (dot(a, a) * dot(b, b)).sqrt();
    dot(a, b) >= 1f64.to_radians().cos() * lengths
}

/// That no more than a part of `count` things differ, in words.
fn within(part: f64, differ: usize, count: usize, things: &str) -> anyhow::Result<String> {
    let allowed = (part * count as f64) as usize;
    ensure!(
        differ <= allowed,
        "{differ} of {count} {things} differ, more than the {allowed} that may"
    );
    Ok(match differ {
        0 => format!("same {things}"),
        _ => format!("{differ} of {count} {things} differ"),
    })
}
