//! The selector as Rust text.
//!
//! It is one item that needs nothing around it: arrays are statics inside the initialiser
//! of `TABLES`, each written once however many operators share it. Steps are left out
//! where they end in zeros, since a state beyond the end is of class 0.

use crate::Selector;
use crate::body::{Action, Body, Mask, Step};
use crate::burs::{NO_STATE, Transitions};
use crate::grammar::{Pattern, SymbolKind, Tile};
use crate::operand::{Operand, OperandKind};
use std::collections::HashMap;
use std::fmt::{self, Write as _};

/// Writes `pub static TABLES`. The types are found under `types`.
pub(crate) fn write(selector: &Selector, types: &str) -> String {
    let mut writer = Writer {
        selector,
        statics: String::new(),
        known: HashMap::new(),
    };
    let fields = writer.fields().expect("writing to a string");
    format!(
        "/// The selector that the build made of the tile files.\n\
         pub static TABLES: {types}::Tables = {{\n\
         use {types} as t;\n{}t::Tables {{\n{fields}}}\n}};\n",
        writer.statics
    )
}

/// The bytes of the tables that drive selection.
pub(crate) fn table_bytes(selector: &Selector) -> usize {
    let mut writer = Writer {
        selector,
        statics: String::new(),
        known: HashMap::new(),
    };
    for transitions in &selector.automaton.transitions {
        writer.operator_arrays(transitions);
    }
    let shared: usize = writer.known.keys().map(Array::bytes).sum();
    let states = selector.automaton.states.len();
    shared + 2 * (states + 1) * selector.grammar.symbols.len()
}

/// An array that may be shared.
#[derive(PartialEq, Eq, Hash)]
struct Array(Vec<u16>);

impl Array {
    fn bytes(&self) -> usize {
        2 * self.0.len()
    }
}

struct Writer<'a> {
    selector: &'a Selector,
    statics: String,
    known: HashMap<Array, String>,
}

impl Writer<'_> {
    fn fields(&mut self) -> Result<String, fmt::Error> {
        let grammar = &self.selector.grammar;
        let automaton = &self.selector.automaton;
        let mut text = String::from("symbols: &[\n");
        for symbol in &grammar.symbols {
            let kind = match symbol.kind {
                SymbolKind::Register(class) => format!("Register({class})"),
                SymbolKind::Operand => "Operand".into(),
                SymbolKind::Flags => "Flags".into(),
                SymbolKind::Void => "Void".into(),
            };
            let name = &symbol.name;
            writeln!(
                text,
                "t::Symbol {{ name: {name:?}, kind: t::SymbolKind::{kind} }},"
            )?;
        }
        text += "],\noperators: &[\n";
        for ((name, arity), transitions) in grammar.operators.iter().zip(&automaton.transitions) {
            let ([a, b, c], states) = self.operator_arrays(transitions);
            writeln!(
                text,
                "t::Operator {{ name: {name:?}, arity: {arity}, steps: [{a}, {b}, {c}], \
                 states: {states} }},"
            )?;
        }
        let best = automaton
            .states
            .iter()
            .flat_map(|state| &state.best)
            .copied()
            .collect();
        let best = self.array(Array(best));
        let at_hand = self.array(Array(automaton.at_hand.clone()));
        writeln!(text, "],\nbest: {best},\nat_hand: {at_hand},\ntiles: &[")?;
        for tile in &grammar.tiles {
            self.tile(&mut text, tile)?;
        }
        text += "],\nconstants: &[\n";
        for constant in &grammar.constants {
            let (name, bytes, bits) = (&constant.name, constant.bytes, constant.bits);
            writeln!(
                text,
                "t::NamedConstant {{ name: {name:?}, bytes: {bytes}, bits: {bits:#x} }},"
            )?;
        }
        let pseudos = grammar
            .pseudos
            .iter()
            .map(|spec| spec.name.trim_start_matches('!'));
        let pseudos: Vec<&str> = pseudos.collect();
        writeln!(text, "],\npseudos: &{pseudos:?},")?;
        Ok(text)
    }

    fn operator_arrays(&mut self, transitions: &Transitions) -> ([String; 3], String) {
        let [_, second, third] = transitions.widths.map(usize::from);
        let steps = [0, 1, 2].map(|operand| {
            let classes = &transitions.classes[operand];
            let used = classes.iter().rposition(|&class| class != 0);
            let used = used.map_or(0, |last| last + 1);
            let width = [second * third, third, 1][operand];
            let step = |&class: &u8| usize::from(class) * width;
            // As numbers of states, which are fewer than 65536.
            let steps = classes[..used].iter().map(|class| step(class) as u16);
            self.array(Array(steps.collect()))
        });
        let states = self.array(Array(transitions.states.clone()));
        (steps, states)
    }

    /// The name of a static with these elements, behind a `&`.
    fn array(&mut self, array: Array) -> String {
        match *array.0 {
            [] => return "&[]".into(),
            [NO_STATE] => return "&[t::NO_STATE]".into(),
            _ => {}
        }
        let next = self.known.len();
        if let Some(name) = self.known.get(&array) {
            return name.clone();
        }
        let (length, elements) = (array.0.len(), &array.0);
        writeln!(
            self.statics,
            "static A{next}: [u16; {length}] = {elements:?};"
        )
        .expect("writing to a string");
        let name = format!("&A{next}");
        self.known.insert(array, name.clone());
        name
    }

    fn tile(&self, text: &mut String, tile: &Tile) -> fmt::Result {
        let (name, result, cost) = (&tile.name, tile.result, tile.cost);
        let file = &self.selector.files[tile.place.file as usize];
        let line = tile.place.line;
        write!(
            text,
            "t::Tile {{ name: {name:?}, file: {file:?}, line: {line}, result: {result}, \
             cost: {cost}, pattern: &["
        )?;
        for part in &tile.pattern {
            match part {
                Pattern::Operator(operator) => write!(text, "t::Pattern::Operator({operator}), ")?,
                Pattern::Leaf(symbol) => write!(text, "t::Pattern::Leaf({symbol}), ")?,
            }
        }
        let classes =
            tile.temporaries
                .iter()
                .map(|&symbol| match self.selector.grammar.kind(symbol) {
                    SymbolKind::Register(class) => class,
                    _ => unreachable!("temporaries are checked to be registers"),
                });
        let classes: Vec<u8> = classes.collect();
        let condition = &tile.condition;
        write!(
            text,
            "], temporaries: &{classes:?}, condition: {condition:?}, body: t::Body::"
        )?;
        write_body(text, &tile.body)?;
        text.push_str(" },\n");
        Ok(())
    }
}

fn write_body(text: &mut String, body: &Body) -> fmt::Result {
    match body {
        Body::Steps(steps) => {
            text.push_str("Steps(&[");
            for step in steps {
                write_step(text, step)?;
                text.push_str(", ");
            }
            text.push_str("])");
            Ok(())
        }
        Body::Immediate => text.write_str("Immediate"),
        Body::Alias => text.write_str("Alias"),
        Body::Index { register, offset } => {
            write!(
                text,
                "Index {{ register: {register:?}, offset: {offset:?} }}"
            )
        }
        Body::Element { index, broadcast } => {
            write!(text, "Element {{ index: {index}, broadcast: {broadcast} }}")
        }
        Body::Pool { broadcast } => write!(text, "Pool {{ broadcast: {broadcast} }}"),
    }
}

fn write_step(text: &mut String, step: &Step) -> fmt::Result {
    text.push_str("t::Step { action: t::Action::");
    match &step.action {
        Action::Instruction(name) => write!(text, "Instruction({name:?})")?,
        Action::Pseudo(pseudo) => write!(text, "Pseudo({pseudo})")?,
        Action::Conditional {
            stem,
            leaf,
            negated,
        } => write!(
            text,
            "Conditional {{ stem: {stem:?}, leaf: {leaf}, negated: {negated} }}"
        )?,
    }
    write!(text, ", size: t::StepSize::{:?}, operands: &[", step.size)?;
    for operand in &step.operands {
        write_operand(text, operand)?;
        text.push_str(", ");
    }
    text.push_str("], mask: ");
    match &step.mask {
        None => text.push_str("None"),
        Some(Mask { register, zeroing }) => {
            text.push_str("Some(t::StepMask { register: ");
            write_operand(text, register)?;
            write!(text, ", zeroing: {zeroing} }})")?;
        }
    }
    text.write_str(" }")
}

fn write_operand(text: &mut String, operand: &Operand) -> fmt::Result {
    text.push_str("t::StepOperand::");
    match operand.kind {
        OperandKind::ResultTied(leaf) => write!(text, "ResultTied {{ leaf: {leaf} }}"),
        OperandKind::TemporaryTied(temporary, leaf) => {
            write!(
                text,
                "TemporaryTied {{ temporary: {temporary}, leaf: {leaf} }}"
            )
        }
        OperandKind::Computed(function, leaf) => {
            let function = match function {
                "neg" => "Negate",
                "log2" => "Log2",
                "low4" => "Low4",
                "low5" => "Low5",
                _ => "Low6",
            };
            write!(
                text,
                "Computed {{ function: t::ImmediateFunction::{function}, leaf: {leaf} }}"
            )
        }
        OperandKind::Gathered(index) => write!(text, "Gathered {{ index: {index} }}"),
        // The rest is called the same here and there.
        kind => write!(text, "{kind:?}"),
    }
}
