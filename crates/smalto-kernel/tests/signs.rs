//! Kernels full of negations give the same bits without them, and none gets longer. (Those of
//! `random.rs` have too many other things to do.)

use proptest::prelude::*;
use smalto_kernel::interpret::{Buffer, Interpreter};
use smalto_kernel::passes::{self, Workspace};
use smalto_kernel::{
    Access, BufferId, Builder, Lane, Literal, Module, Op, ValueId, ValueType, Width, verify,
};

const WIDTH: usize = 16;
const INPUTS: usize = 4;

/// Where signs matter: sums that cancel, zeros, infinities, what is rounded, what is not a number.
const NUMBERS: [&str; 20] = [
    "0", "-0", "1", "-1", "2", "-2", "0.5", "-0.5", "3", "-3", "0.1", "-2.7", "inf", "-inf", "nan",
    "60000", "-60000", "6e-8", "-6e-8", "0.3",
];

/// What a value is computed by; the more often an op is here, the more often.
const OPS: [Op; 30] = [
    Op::Neg,
    Op::Neg,
    Op::Neg,
    Op::Neg,
    Op::Neg,
    Op::Neg,
    Op::Neg,
    Op::Add,
    Op::Add,
    Op::Sub,
    Op::Sub,
    Op::Mul,
    Op::Mul,
    Op::Mul,
    Op::Div,
    Op::Fma,
    Op::Fma,
    Op::Min,
    Op::Max,
    Op::Select,
    Op::Abs,
    Op::Copysign,
    Op::Floor,
    Op::Ceil,
    Op::Rint,
    Op::Sqrt,
    Op::Lt,
    Op::Le,
    Op::Eq,
    Op::Constant,
];

/// A kernel that grows by a value a choice.
struct Grower {
    builder: Builder,
    ty: ValueType,
    inputs: Vec<ValueId>,
    values: Vec<ValueId>,
    needed: Vec<ValueId>,
}

impl Grower {
    fn new(lane: Lane) -> (Grower, BufferId) {
        let mut builder = Builder::kernel("k", Width::Any);
        let x = builder.buffer("x", lane, Access::Read);
        let y = builder.buffer("y", lane, Access::Write);
        let inputs: Vec<ValueId> = (0..INPUTS)
            .map(|index| {
                let at = builder.uniform((index * WIDTH) as i64);
                builder.load(x, at, None)
            })
            .collect();
        let grower = Grower {
            builder,
            ty: ValueType::varying(lane),
            values: inputs.clone(),
            inputs,
            needed: Vec::new(),
        };
        (grower, y)
    }

    /// Mostly one of the last few, so that signs go a long way.
    fn value(&self, choice: u8) -> ValueId {
        let (choice, count) = (usize::from(choice), self.values.len());
        match choice < 160 {
            true => self.values[count - 1 - choice % 3],
            false => self.values[choice % count],
        }
    }

    fn grow(&mut self, choice: u32) {
        let [first, second, third, rest] = choice.to_le_bytes();
        let [a, b, c] = [first, second, third].map(|choice| self.value(choice));
        let op = OPS[usize::from(rest) % OPS.len()];
        let mask = ValueType::varying(Lane::Mask);
        let new = match op {
            Op::Constant => {
                let number = NUMBERS[usize::from(first) % NUMBERS.len()];
                self.builder.varying(literal(self.ty.lane(), number))
            }
            // The sign of a NaN is anything, but for one from memory.
            Op::Copysign => {
                let sign = self.inputs[usize::from(second) % INPUTS];
                self.builder.apply(op, self.ty, &[a, sign])
            }
            Op::Lt | Op::Le | Op::Eq => {
                let chosen = self.builder.apply(op, mask, &[a, b]);
                self.builder.select(chosen, b, c)
            }
            Op::Select => {
                let [one, other] = [self.inputs[0], self.inputs[1]];
                let chosen = self.builder.lt(one, other);
                self.builder.select(chosen, a, b)
            }
            Op::Fma => self.builder.fma(a, b, c),
            _ => {
                let operands = &[a, b][..op.row().operands.len()];
                self.builder.apply(op, self.ty, operands)
            }
        };
        self.values.push(new);
        if third < 24 {
            self.needed.push(new);
        }
        if third > 248 {
            let next = self.builder.label(&[self.ty]);
            self.builder.jump(next, &[new]);
            self.values.extend(self.builder.begin(next));
        }
    }

    fn finish(mut self, y: BufferId) -> Module {
        let last = self.values.len() - 2;
        self.needed.extend_from_slice(&self.values[last..]);
        for (index, &value) in self.needed.iter().enumerate() {
            let at = self.builder.uniform((index * WIDTH) as i64);
            self.builder.store(y, at, value, None);
        }
        self.builder.return_nothing();
        let mut module = Module::new();
        module.add(self.builder.finish());
        module
    }
}

fn literal(lane: Lane, number: &str) -> Literal {
    Literal::parse(lane, number).unwrap_or_else(|error| panic!("{error}"))
}

fn kernel(lane: Lane, choices: &[u32]) -> Module {
    let (mut grower, y) = Grower::new(lane);
    for &choice in choices {
        grower.grow(choice);
    }
    grower.finish(y)
}

fn run(module: &Module, input: &Buffer) -> Buffer {
    let routine = &module.routines()[0];
    let stores = routine
        .instructions()
        .iter()
        .filter(|one| one.op() == Op::Store);
    let output = Buffer::zeroed(input.element(), WIDTH * stores.count());
    let mut buffers = [input.clone(), output];
    Interpreter::new(module)
        .unwrap_or_else(|findings| panic!("{findings}\n{module}"))
        .width(WIDTH)
        .run("k", &mut buffers, &[])
        .unwrap_or_else(|error| panic!("{error}\n{module}"));
    let [_, output] = buffers;
    output
}

/// How many instructions there are but for constants, which are operands in machine code.
fn size(module: &Module) -> usize {
    let instructions = module.routines()[0].instructions().iter();
    instructions.filter(|one| one.op() != Op::Constant).count()
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: 1024,
        ..Default::default()
    })]

    #[test]
    fn signs_wander_and_change_no_result(
        lane in prop::sample::select(vec![Lane::F32, Lane::F64, Lane::F16]),
        numbers in prop::collection::vec(prop::sample::select(&NUMBERS[..]), INPUTS * WIDTH),
        choices in prop::collection::vec(any::<u32>(), 2..60),
    ) {
        let input = Buffer::of(lane, numbers.iter().map(|number| literal(lane, number)));
        let mut workspace = Workspace::default();
        let mut before = kernel(lane, &choices);
        passes::share(&mut before, &mut workspace);
        passes::remove_dead(&mut before, &mut workspace);
        let mut after = before.clone();
        passes::absorb_negations(&mut after, &mut workspace);
        verify(&after).unwrap();
        prop_assert!(size(&after) <= size(&before), "{}\n{}", before, after);
        prop_assert_eq!(run(&after, &input), run(&before, &input), "{}\n{}", before, after);
        passes::remove_dead(&mut after, &mut workspace);
        passes::absorb_negations(&mut after, &mut workspace);
        prop_assert_eq!(run(&after, &input), run(&before, &input), "{}\n{}", before, after);
    }
}
