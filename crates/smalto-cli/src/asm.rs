//! `smalto asm`: what a formula becomes on its way to machine code.

use crate::new_file::NewFile;
use crate::progress::Progress;
use crate::{model, report};
use anyhow::bail;
use clap::{Args, ValueEnum};
use smalto::compiler::{Recording, compiled, optimised, recorded};
use smalto::{Element, Graph, Isa, Target, TargetError, formula, passes};
use std::io::Write;
use std::path::PathBuf;

/// Shows the machine code of a formula
///
/// Each line of assembly stands beside the tile it is part of, the tile's cost, and
/// the part of the formula it computes. The steps before can be shown too:
///
///   smalto asm 'sqrt(x^2 + y^2) - 1'
///   smalto asm 'gain * x + 1' --uniform gain --target avx512
///   smalto asm examples/gear.smalto --stage kernel
///
/// Nothing is run, so that code for any CPU can be looked at on any other. A formula
/// that ends in .smalto or .vm is the name of a file to read it from.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub(crate) struct Asm {
    /// The formula, or a file that holds it
    #[arg(value_name = "FORMULA|MODEL", allow_hyphen_values = true)]
    formula: String,

    /// What code is made for: jit (the best of this CPU), avx512 or avx2
    #[arg(long, default_value_t = Target::Jit, value_name = "TARGET")]
    target: Target,

    /// The step to show
    #[arg(long, value_enum, default_value_t)]
    stage: Stage,

    /// An input that has one value for all points
    #[arg(long, value_name = "NAME")]
    uniform: Vec<String>,

    /// Compute in double precision, rather than single
    #[arg(long)]
    f64: bool,

    /// Rewrite by the laws of real arithmetic: faster, other last bits
    #[arg(long)]
    fast: bool,

    /// Write to a file instead of printing
    #[arg(short, long, value_name = "FILE.txt")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum Stage {
    /// The optimised formula
    Graph,
    /// The instructions of the wave machine
    Kernel,
    /// Those with the tiles chosen for them
    Tiles,
    /// Machine instructions with their registers
    Alloc,
    /// The code
    #[default]
    Asm,
}

impl Asm {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let isa = instructions(self.target)?;
        let file = match &self.output {
            Some(path) => Some(NewFile::create(path, "txt")?),
            None => None,
        };
        let graph = self.graph()?;
        model::expect_result(&graph)?;
        let text = self.text(&graph, isa)?;
        match file {
            None => report::print(&text).map(|_| ()),
            Some(mut file) => {
                file.write_all(text.as_bytes())
                    .map_err(|error| file.failed(error))?;
                file.finish()
            }
        }
    }

    fn graph(&self) -> anyhow::Result<Graph> {
        match model::file_named(&self.formula) {
            Some(path) => model::load(path),
            None => {
                let given = self.uniform.iter().map(String::as_str);
                model::parse_argument(&self.formula, given, |name| {
                    format!("declare it: `input {name};`")
                })
            }
        }
    }

    fn text(&self, graph: &Graph, isa: Isa) -> anyhow::Result<String> {
        let _progress = Progress::busy("compiling".into());
        let element = if self.f64 { Element::F64 } else { Element::F32 };
        let mode = match self.fast {
            true => passes::Mode::Fast,
            false => passes::Mode::Strict,
        };
        let graph = optimised(graph, element, mode);
        if self.stage == Stage::Graph {
            return Ok(formula::print(&graph) + "\n");
        }
        let uniform: Vec<&str> = self.uniform.iter().map(String::as_str).collect();
        let recording = recorded(&graph, element, &uniform)?;
        if self.stage == Stage::Kernel {
            return Ok(recording.module().to_string());
        }
        let compiled = compiled(&recording, isa)?;
        let listing = compiled.listing().expect("it is compiled with one");
        let text = match self.stage {
            Stage::Tiles => listing.tiles_text(),
            Stage::Alloc => listing.allocation_text(),
            _ => {
                // Code of a module that was rewritten for it has sources of its own.
                let is_as_recorded = listing.module() == recording.module();
                let formula = Parts::of(&graph, &recording);
                listing.assembly_text(|routine, value| {
                    let is_recorded = is_as_recorded && routine == recording.kernel();
                    is_recorded.then(|| formula.part(value)).flatten()
                })
            }
        };
        let count = report::count(graph.op_count() as u64, "op");
        let lanes = compiled.lanes();
        Ok(format!(
            "{text}\n{count} by {} in {isa}, {lanes} points at a time\n{}",
            element.name(),
            compiled.counts_text()
        ))
    }
}

/// The instructions that a target's code is made of.
fn instructions(target: Target) -> anyhow::Result<Isa> {
    let found = match target {
        Target::Native(isa) => return Ok(isa),
        Target::Auto | Target::Jit => Target::Jit.resolve(),
        Target::Interp | Target::InterpAt(_) => bail!(
            "target `{target}` has no assembly, since it interprets; \
             targets that have are: jit, avx512, avx2"
        ),
    };
    match found {
        Ok(Target::Native(isa)) => Ok(isa),
        Ok(other) => bail!("target `{other}` has no assembly; name avx512 or avx2"),
        Err(TargetError::Unavailable { obstacle, .. }) => bail!(
            "no machine code runs here: {obstacle}; to see some nevertheless, \
             name --target avx512 or --target avx2"
        ),
        Err(error) => Err(error.into()),
    }
}

/// The parts of a formula, for the instructions of its kernel.
struct Parts<'a> {
    graph: &'a Graph,
    recording: &'a Recording,
    parts: Vec<String>,
}

/// The longest part of a formula that is shown whole, in characters.
const LONGEST: usize = 56;

impl<'a> Parts<'a> {
    fn of(graph: &'a Graph, recording: &'a Recording) -> Parts<'a> {
        Parts {
            graph,
            recording,
            parts: formula::print_parts(graph).1,
        }
    }

    fn part(&self, value: smalto::compiler::ValueId) -> Option<String> {
        let node = self.recording.source(self.graph, value)?;
        let part = self.parts.get(node.index())?;
        match part.char_indices().nth(LONGEST) {
            _ if part.is_empty() => None,
            None => Some(part.clone()),
            Some((end, _)) => Some(format!("{}...", &part[..end])),
        }
    }
}
