//! `smalto render --3d`: a model is a solid, and how it is seen.

use crate::progress::Progress;
use crate::render::{Mode, Scenes};
use crate::{model, value};
use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use smalto::field::SurfaceColours;
use smalto::field::picture::Picture;
use smalto::shape::{
    Camera, Colours, Finish, Prices, RenderOptions, Solid, SolidShading, Statistics, Up, Volume,
    clipped,
};
use smalto::{Graph, Real};

/// What part of space is seen, if not told otherwise: [-1, 1] cubed with a little room around it,
/// from the front on the right above.
const SCALE: f64 = 1.25;
const YAW: f64 = 30.0;
const PITCH: f64 = 60.0;
/// How far before and behind the centre, in half heights of the picture.
const DEPTH: f64 = 2.0;
/// The most samples across a pixel.
const MAX_SAMPLES: i64 = 8;

/// Solids
#[derive(Debug, Args)]
#[command(next_help_heading = "Solids")]
pub(crate) struct SolidView {
    /// Draw the model as a solid of x, y and z
    #[arg(long = "3d")]
    solid: bool,

    /// How much is seen: half the height of the picture, in the model's units; 1.25
    /// unless given
    #[arg(long, value_name = "S", allow_hyphen_values = true, value_parser = parse_real)]
    scale: Option<f64>,

    /// How far round the eye is, in degrees from the front to the right; 30
    #[arg(long, value_name = "DEG", allow_hyphen_values = true, value_parser = parse_real)]
    yaw: Option<f64>,

    /// How far down from straight above the eye is, in degrees; 60
    #[arg(long, value_name = "DEG", allow_hyphen_values = true, value_parser = parse_real)]
    pitch: Option<f64>,

    /// How far the picture is turned counterclockwise, in degrees; 0
    #[arg(long, value_name = "DEG", allow_hyphen_values = true, value_parser = parse_real)]
    roll: Option<f64>,

    /// What is in the middle of the picture; 0,0,0
    #[arg(long, value_name = "X,Y,Z", allow_hyphen_values = true, value_parser = parse_point)]
    center: Option<[f64; 3]>,

    /// Which axis points up; z unless given
    #[arg(long, value_enum, value_name = "AXIS")]
    up: Option<Axis>,

    /// The angle of sight, in degrees up to 150; 0, an eye infinitely far
    #[arg(long, value_name = "DEG", allow_hyphen_values = true, value_parser = parse_real)]
    perspective: Option<f64>,

    /// How far before and behind the centre is seen, in half heights of the
    /// picture; 2
    #[arg(long, value_name = "D", allow_hyphen_values = true, value_parser = parse_real)]
    depth: Option<f64>,

    /// Cut away what is outside a box
    #[arg(long, value_name = "X0,Y0,Z0,X1,Y1,Z1", allow_hyphen_values = true, value_parser = parse_box)]
    clip: Option<[f64; 6]>,

    /// Colours of the surface: a formula of x, y, z, or a file that holds it, with 3
    /// outputs (red, green, blue) or 1 (grey), linear light from 0 to 1
    #[arg(long, value_name = "FORMULA|FILE", allow_hyphen_values = true)]
    colour: Option<String>,

    /// Samples across and down a pixel of a shaded picture, for smooth edges; 2
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=MAX_SAMPLES))]
    antialias: Option<u32>,

    /// Bits of a channel of normals; 8
    #[arg(long, value_enum)]
    bits: Option<Bits>,

    /// Draw so many frames while the eye goes round once: an animated PNG, or with #
    /// in the name of the file, numbered files
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    turntable: Option<u32>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Axis {
    /// As in pictures of the plane
    Y,
    /// As in engineering
    Z,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Bits {
    /// 256 levels
    #[value(name = "8")]
    Eight,
    /// 65,536 levels
    #[value(name = "16")]
    Sixteen,
}

/// A solid, and how it is seen.
struct Turntable<'a, T> {
    solid: Solid<T>,
    volume: Volume,
    mode: Mode,
    view: &'a SolidView,
    colours: Option<SurfaceColours>,
    options: RenderOptions<'a>,
}

impl SolidView {
    /// Whether a solid is to be drawn.
    pub(crate) fn is_solid(&self) -> bool {
        self.solid
    }

    /// How many frames a film of it has, if it is one.
    pub(crate) fn turntable(&self) -> Option<u32> {
        self.turntable
    }

    /// The voxels that are looked at; none for a picture of the plane.
    pub(crate) fn volume(
        &self,
        (width, height): (u32, u32),
        mode: Option<Mode>,
    ) -> anyhow::Result<Option<Volume>> {
        self.check(mode)?;
        if !self.solid {
            return Ok(None);
        }
        let depth = self.depth.unwrap_or(DEPTH);
        let volume = Volume::new(width, height)?.between(depth, -depth)?;
        if matches!(mode, None | Some(Mode::Shade)) {
            let samples = self.antialias();
            volume.refined(samples).with_context(|| {
                format!(
                    "{samples} by {samples} samples a pixel are too many for {width}x{height} \
                     pixels; add --antialias 1, or give a smaller --size"
                )
            })?;
        }
        Ok(Some(volume))
    }

    /// That no option is given that would do nothing.
    fn check(&self, mode: Option<Mode>) -> anyhow::Result<()> {
        let given = [
            ("scale", self.scale.is_some()),
            ("yaw", self.yaw.is_some()),
            ("pitch", self.pitch.is_some()),
            ("roll", self.roll.is_some()),
            ("center", self.center.is_some()),
            ("up", self.up.is_some()),
            ("perspective", self.perspective.is_some()),
            ("depth", self.depth.is_some()),
            ("clip", self.clip.is_some()),
            ("colour", self.colour.is_some()),
            ("antialias", self.antialias.is_some()),
            ("bits", self.bits.is_some()),
            ("turntable", self.turntable.is_some()),
        ];
        let name = |mode: Mode| {
            let value = mode.to_possible_value().expect("no mode is hidden");
            value.get_name().to_string()
        };
        let is_shaded = matches!(mode, None | Some(Mode::Shade));
        match mode {
            _ if !self.solid => {
                if let Some((option, _)) = given.iter().find(|(_, is_given)| *is_given) {
                    bail!("--{option} is for solids: add --3d");
                }
                if let Some(mode @ (Mode::Shade | Mode::Normals | Mode::Depth)) = mode {
                    bail!("--mode {} is for solids: add --3d", name(mode));
                }
            }
            Some(mode @ (Mode::Mono | Mode::Distance | Mode::Coverage | Mode::Contours)) => bail!(
                "--mode {} is for the plane: leave --3d away, or choose shade, normals, depth or \
                 heat",
                name(mode)
            ),
            _ if self.colour.is_some() && !is_shaded => {
                bail!("--colour is for shaded pictures: choose --mode shade")
            }
            _ if self.antialias.is_some() && !is_shaded => {
                bail!("--antialias is for shaded pictures: choose --mode shade")
            }
            _ if self.bits.is_some() && mode != Some(Mode::Normals) => {
                bail!("--bits is for normals: choose --mode normals")
            }
            _ => {}
        }
        Ok(())
    }

    fn antialias(&self) -> u32 {
        self.antialias.unwrap_or(2)
    }

    /// The pictures of a model.
    pub(crate) fn scenes<'a>(
        &'a self,
        graph: &Graph,
        volume: Volume,
        mode: Option<Mode>,
        options: RenderOptions<'a>,
    ) -> anyhow::Result<Box<dyn Scenes + 'a>> {
        match options.double {
            false => self.turned::<f32>(graph, volume, mode, options),
            true => self.turned::<f64>(graph, volume, mode, options),
        }
    }

    fn turned<'a, T: Real>(
        &'a self,
        graph: &Graph,
        volume: Volume,
        mode: Option<Mode>,
        options: RenderOptions<'a>,
    ) -> anyhow::Result<Box<dyn Scenes + 'a>> {
        self.camera(0.0).check::<T>()?;
        let solid = match self.clip {
            None => Solid::<T>::new(graph, &options)?,
            Some([x0, y0, z0, x1, y1, z1]) => {
                Solid::new(&clipped(graph, [x0, y0, z0], [x1, y1, z1])?, &options)?
            }
        };
        Ok(Box::new(Turntable {
            solid,
            volume,
            mode: mode.unwrap_or(Mode::Shade),
            view: self,
            colours: self.colours(&options)?,
            options,
        }))
    }

    /// The eye after so much of a turn.
    fn camera(&self, turn: f64) -> Camera {
        let yaw = self.yaw.unwrap_or(YAW) + 360.0 * turn;
        let angles = [yaw, self.pitch.unwrap_or(PITCH), self.roll.unwrap_or(0.0)];
        let centre = self.center.unwrap_or_default();
        Camera::around(centre, self.scale.unwrap_or(SCALE), angles)
            .with_up(match self.up {
                Some(Axis::Y) => Up::Y,
                Some(Axis::Z) | None => Up::Z,
            })
            .with_perspective(self.perspective.unwrap_or(0.0))
    }

    fn colours(&self, options: &RenderOptions<'_>) -> anyhow::Result<Option<SurfaceColours>> {
        let Some(field) = &self.colour else {
            return Ok(None);
        };
        let graph = match model::file_named(field) {
            Some(path) => model::load(path)?,
            None => {
                let given = options.values.iter().map(|(name, _)| *name);
                model::parse_argument(field, given, |name| {
                    format!("give it a value: `--set {name}=1`")
                })?
            }
        };
        // Values are for the model; the colours may know some of them too.
        let known = |name: &str| graph.variable_named(name).is_some();
        let values = options.values.iter().copied();
        let values: Vec<_> = values.filter(|(name, _)| known(name)).collect();
        let options = RenderOptions {
            values: &values,
            ..*options
        };
        Ok(Some(SurfaceColours::new(&graph, &options)?))
    }
}

impl<T: Real> Scenes for Turntable<'_, T> {
    fn frame(&self, number: u32, progress: &Progress) -> anyhow::Result<Picture> {
        let frames = self.view.turntable.unwrap_or(1);
        let camera = self.view.camera(f64::from(number) / f64::from(frames));
        let plain = Finish::default();
        let shading = match self.mode {
            Mode::Normals => SolidShading::Normals {
                wide: self.view.bits == Some(Bits::Sixteen),
            },
            Mode::Depth => SolidShading::Depth,
            Mode::Heat => SolidShading::Heat,
            _ => SolidShading::Shade(Finish {
                colours: match &self.colours {
                    Some(colours) => colours as &dyn Colours,
                    None => plain.colours,
                },
                samples: self.view.antialias(),
                ..plain
            }),
        };
        let image = self
            .solid
            .render(&self.volume, &camera, &shading, &self.options, progress)?;
        Ok(image.into())
    }

    fn statistics(&self) -> (Statistics, usize) {
        (self.solid.take_statistics(), self.solid.instructions())
    }

    fn prices(&self) -> Option<Prices> {
        self.solid.prices()
    }
}

fn parse_real(text: &str) -> Result<f64, String> {
    value::real(text).map_err(|error| error.to_string())
}

fn parse_reals<const N: usize>(text: &str, wanted: &str) -> Result<[f64; N], String> {
    let numbers: Result<Vec<f64>, _> = text.split(',').map(value::real).collect();
    let numbers = numbers.map_err(|error| error.to_string())?;
    <[f64; N]>::try_from(numbers).map_err(|numbers| format!("give {wanted}, not {}", numbers.len()))
}

fn parse_point(text: &str) -> Result<[f64; 3], String> {
    parse_reals(text, "three numbers, x,y,z, as in 0,0,0.5")
}

fn parse_box(text: &str) -> Result<[f64; 6], String> {
    let corners: [f64; 6] = parse_reals(
        text,
        "six numbers, the least x,y,z and the greatest, as in -1,-1,0,1,1,1",
    )?;
    match (0..3).all(|axis| corners[axis] < corners[axis + 3]) {
        true => Ok(corners),
        false => Err("the box is empty: give the least x,y,z, then the greatest".into()),
    }
}
