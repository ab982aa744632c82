//! `smalto targets` and `smalto ops`: what there is.

use crate::report::print;
use clap::Args;
use smalto::formula::Function;
use smalto::{Kind, Op, Target, TargetError};
use smalto::{field, shape};

/// The target with this name, if this CPU can run it.
pub(crate) fn parse(name: &str) -> Result<Target, TargetError> {
    let target: Target = name.parse()?;
    match target.resolve() {
        // Not this argument's fault; whoever runs the target will say so.
        Ok(_) | Err(TargetError::Cpu(_)) => Ok(target),
        Err(error) => Err(error),
    }
}

/// Lists the targets, and which of them this CPU can run
#[derive(Debug, Args)]
pub(crate) struct Targets;

impl Targets {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let mut table = format!("{:<16} here  what it is\n", "target");
        for target in Target::all() {
            let name = target.to_string();
            let (here, why) = match target.resolve() {
                Ok(_) => ("yes", String::new()),
                Err(TargetError::Unavailable { obstacle, .. }) => ("no", format!("; {obstacle}")),
                Err(error) => return Err(error.into()),
            };
            table += &format!("{name:<16} {here:<4}  {}{why}\n", target.description());
        }
        table += &format!("\nauto means {} here.\n", Target::Auto.resolve()?);
        print(&table).map(|_| ())
    }
}

/// Lists every op and function a formula can call
///
/// For an op a line is the name, the kinds of the operands and of the result, and the
/// meaning. For a function, which takes and gives reals, it is the operands, those in
/// brackets not required, and what its options are unless they are given by name.
#[derive(Debug, Args)]
pub(crate) struct Ops;

/// What the words in the list of ops stand for; operands of one kind are of one type.
const KINDS: &str = "
number is real, i32 or i64; integer is i32 or i64; logic is real or bool; any is any.
Numbers of one call have one type; so have integers, logics and anys.
";

impl Ops {
    pub(crate) fn run(&self) -> anyhow::Result<()> {
        let mut table = String::new();
        for op in Op::ALL {
            let row = op.row();
            let operands: Vec<&str> = row.operands.iter().copied().map(word).collect();
            let signature = format!(
                "{}({}) -> {}",
                row.name,
                operands.join(", "),
                word(row.result)
            );
            table += &format!("{signature:<40} {}\n", row.doc);
        }
        table += KINDS;
        for (title, library) in LIBRARIES {
            table += &format!("\n{title}:\n");
            for function in library {
                table += &format!("{function}\n    {}\n", function.doc);
            }
        }
        table += &options();
        print(&table).map(|_| ())
    }
}

/// The functions that formulas can call.
const LIBRARIES: [(&str, &[Function]); 2] = [
    ("Noise and curves", field::LIBRARY),
    ("Shapes", shape::LIBRARY),
];

/// What the options of functions mean, each once.
fn options() -> String {
    let mut seen = Vec::new();
    let mut table = String::from("\nTheir options:\n");
    let functions = LIBRARIES.iter().flat_map(|(_, library)| *library);
    for row in functions.flat_map(|function| function.options) {
        if !seen.contains(&row.name) {
            seen.push(row.name);
            table += &format!("{:<12} {}\n", row.name, row.doc);
        }
    }
    table
}

fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Only(ty) => ty.name(),
        Kind::Number => "number",
        Kind::Integer => "integer",
        Kind::Logic => "logic",
        Kind::Any => "any",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_of_another_machine_is_refused_with_those_of_this_one() {
        for target in Target::all() {
            let parsed = parse(&target.to_string());
            match target.is_available() {
                true => assert_eq!(parsed, Ok(target)),
                false => {
                    let message = parsed.unwrap_err().to_string();
                    let start = format!("target `{target}` cannot run here: ");
                    assert!(message.starts_with(&start), "{message}");
                    let end = "; the targets that can are: auto, interp";
                    assert!(message.contains(end), "{message}");
                }
            }
        }
    }
}
