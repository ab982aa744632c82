//! `smalto targets` and `smalto ops`: what there is.

use crate::report::print;
use clap::Args;
use smalto::{Op, Target};

/// Lists the targets, and which of them this CPU can run.
#[derive(Debug, Args)]
pub(crate) struct Targets;

impl Targets {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let mut table = String::new();
        for target in Target::all() {
            let available = if target.is_available() { "yes" } else { "no " };
            table += &format!(
                "{:<16} {available}  {}\n",
                target.to_string(),
                target.description()
            );
        }
        let best = Target::Auto.resolve()?;
        print(&format!(
            "target           here  what it is\n{table}\nauto means {best} here.\n"
        ))
    }
}

/// Lists every op a formula can call: name, operands, result, meaning.
#[derive(Debug, Args)]
pub(crate) struct Ops;

impl Ops {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let mut table = String::new();
        for op in Op::ALL {
            let row = op.row();
            let operands: Vec<String> = row.operands.iter().map(ToString::to_string).collect();
            let signature = format!("{}({})", row.name, operands.join(", "));
            table += &format!("{signature:<60} {}\n", row.doc);
        }
        print(&table)
    }
}
