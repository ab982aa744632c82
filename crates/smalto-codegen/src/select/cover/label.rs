//! Labelling: the state of each instruction, and how its users get its value.

use super::count::named;
use super::{Cover, Homes, Node, Standing, UNWANTED, Unselectable, is_tiled};
use crate::select::operator::{
    BRANCH_OPERATOR, is_plain, operator_of, operator_of_constant, operator_of_plain,
};
use crate::select::tables::{NO_STATE, Operator, Tables};
use smalto_kernel::op::Effect;
use smalto_kernel::{Instruction, Lane, Op, Rate, Routine, Terminator, ValueId, ValueType};

/// No instruction of a tree reads memory. As the number of an instruction it is one after
/// all others.
pub(super) const NO_LOAD: u32 = u32::MAX;

impl Cover {
    /// Labels every instruction.
    pub(super) fn label(
        &mut self,
        routine: &Routine,
        tables: &Tables,
        homes: &impl Homes,
        kept: impl Fn(ValueId) -> Option<ValueId>,
    ) -> Result<(), Unselectable> {
        self.nodes.clear();
        self.nodes.resize(routine.len(), Node::unknown());
        self.branches.clear();
        self.uncommon.clear();
        let mut labelling = Labelling {
            nodes: &mut self.nodes,
            uses: &self.uses,
            uncommon: &mut self.uncommon,
            routine,
            tables,
            homes: home_of_each_type(tables, homes),
            void: self.void,
            last_write: 0,
        };
        let instructions = routine.instructions();
        for block in routine.block_ids() {
            for value in routine.values_in(block) {
                labelling.label(value, &instructions[value.index()], &kept)?;
            }
            let state = match *routine.terminator(block) {
                Terminator::Branch { condition, .. } => {
                    let branch = &tables.operators[usize::from(BRANCH_OPERATOR)];
                    labelling.transition(branch, [condition]).0
                }
                Terminator::Jump(_) | Terminator::Return(_) => NO_STATE,
            };
            self.branches.push(state);
        }
        Ok(())
    }
}

/// What a value at hand is.
#[derive(Clone, Copy)]
struct Home {
    symbol: u8,
    /// The state its users see.
    state: u16,
}

/// By [`ValueType::single_index`].
fn home_of_each_type(tables: &Tables, homes: &impl Homes) -> [Home; ValueType::SINGLE_INDICES] {
    let nowhere = Home {
        symbol: UNWANTED,
        state: NO_STATE,
    };
    let mut table = [nowhere; ValueType::SINGLE_INDICES];
    for rate in [Rate::Uniform, Rate::Varying] {
        for lane in Lane::ALL {
            let ty = ValueType::new(lane, rate);
            table[ty.single_index()] = Home::of(tables, homes.home(ty));
        }
    }
    table
}

impl Home {
    fn of(tables: &Tables, symbol: u8) -> Home {
        Home {
            symbol,
            state: tables.at_hand[usize::from(symbol)],
        }
    }
}

struct Labelling<'a> {
    nodes: &'a mut [Node],
    uses: &'a [u32],
    uncommon: &'a mut Vec<ValueId>,
    routine: &'a Routine,
    tables: &'a Tables,
    homes: [Home; ValueType::SINGLE_INDICES],
    void: u8,
    /// The last instruction so far that may write memory.
    last_write: u32,
}

impl Labelling<'_> {
    #[inline]
    fn label(
        &mut self,
        value: ValueId,
        instruction: &Instruction,
        kept: &impl Fn(ValueId) -> Option<ValueId>,
    ) -> Result<(), Unselectable> {
        let op = instruction.op();
        self.nodes[value.index()] = if is_plain(op) {
            let ty = instruction.ty().expect("it gives a value");
            let operator = operator_of_plain(op, ty);
            let (state, first_load) = self.state(value, instruction, operator)?;
            self.made_by_tiles(value, instruction, state, first_load)
        } else if op == Op::Constant {
            self.constant(value, instruction, kept(value))?
        } else {
            self.uncommon(value, instruction)?
        };
        Ok(())
    }

    /// The node of an instruction that is neither plain nor a constant.
    #[inline(never)]
    fn uncommon(
        &mut self,
        value: ValueId,
        instruction: &Instruction,
    ) -> Result<Node, Unselectable> {
        if let Some(operand) = named(self.routine, instruction) {
            // It shows what it names.
            return Ok(Node {
                state: NO_STATE,
                ..self.nodes[operand.index()]
            });
        }
        self.uncommon.push(value);
        if is_tiled(instruction.op()) {
            return self.tiled(value, instruction);
        }
        let mut node = self.at_hand(value, instruction);
        let effect = instruction.op().row().effect;
        if matches!(effect, Effect::Update | Effect::Call) {
            self.last_write = value.index() as u32;
            node.asked = node.home;
        }
        Ok(node)
    }

    fn constant(
        &self,
        value: ValueId,
        instruction: &Instruction,
        kept: Option<ValueId>,
    ) -> Result<Node, Unselectable> {
        let ty = instruction.ty().expect("constants have types");
        let literal = self.routine.literal(value).expect("it is a constant");
        let operator = operator_of_constant(ty.rate(), literal);
        let state = self.tables.operators[usize::from(operator)].state([]);
        if state == NO_STATE {
            return Err(Unselectable(value));
        }
        let at_hand = self.at_hand(value, instruction);
        Ok(match kept {
            None => Node {
                standing: Standing::Constant,
                state,
                seen: state,
                ..at_hand
            },
            Some(first) if first == value => Node { state, ..at_hand },
            Some(first) => Node {
                alias: first,
                ..at_hand
            },
        })
    }

    /// The node of an instruction that is not plain, and that tiles make.
    fn tiled(&mut self, value: ValueId, instruction: &Instruction) -> Result<Node, Unselectable> {
        let operator = operator_of(self.routine, instruction);
        let (state, mut first_load) = self.state(value, instruction, operator)?;
        let number = value.index() as u32;
        let mut asked = UNWANTED;
        match instruction.op().row().effect {
            Effect::Pure => {}
            Effect::Read => first_load = first_load.min(number),
            Effect::Write | Effect::Update | Effect::Call => {
                self.last_write = number;
                asked = self.void;
            }
        }
        Ok(Node {
            asked,
            ..self.made_by_tiles(value, instruction, state, first_load)
        })
    }

    /// The state of an instruction with this operator, and the first load in its tree.
    #[inline(always)]
    fn state(
        &mut self,
        value: ValueId,
        instruction: &Instruction,
        operator: u16,
    ) -> Result<(u16, u32), Unselectable> {
        let Some(operator) = self.tables.operators.get(usize::from(operator)) else {
            return Err(Unselectable(value));
        };
        let (state, first_load) = match *self.routine.operands_of(instruction) {
            [] => self.transition(operator, []),
            [a] => self.transition(operator, [a]),
            [a, b] => self.transition(operator, [a, b]),
            [a, b, c] => self.transition(operator, [a, b, c]),
            _ => unreachable!("no operator has more operands"),
        };
        if state == NO_STATE {
            return Err(Unselectable(value));
        }
        Ok((state, first_load))
    }

    /// The state of the operator with these operands, and the first load in the tree it is
    /// the root of. If an operand was loaded before the last write, it cannot be in that
    /// tree, and is at hand from now on.
    #[inline(always)]
    fn transition<const ARITY: usize>(
        &mut self,
        operator: &Operator,
        operands: [ValueId; ARITY],
    ) -> (u16, u32) {
        let mut first_load = self.first_load(operands);
        if first_load < self.last_write {
            for operand in operands {
                self.put_at_hand_if_stale(operand);
            }
            first_load = self.first_load(operands);
        }
        let seen = operands.map(|operand| self.nodes[operand.index()].seen);
        (operator.state(seen), first_load)
    }

    #[inline]
    fn first_load<const ARITY: usize>(&self, operands: [ValueId; ARITY]) -> u32 {
        let loads = operands.map(|operand| self.nodes[operand.index()].first_load);
        loads.into_iter().fold(NO_LOAD, u32::min)
    }

    #[cold]
    fn put_at_hand_if_stale(&mut self, operand: ValueId) {
        if self.nodes[operand.index()].first_load < self.last_write {
            // A name, and what it names.
            for value in [operand, self.nodes[operand.index()].alias] {
                let at_hand = self.at_hand(value, self.routine.instruction(value));
                let node = &mut self.nodes[value.index()];
                *node = Node {
                    alias: node.alias,
                    state: node.state,
                    ..at_hand
                };
            }
        }
    }

    /// The node of a value that tiles make.
    #[inline(always)]
    fn made_by_tiles(
        &self,
        value: ValueId,
        instruction: &Instruction,
        state: u16,
        first_load: u32,
    ) -> Node {
        if self.uses[value.index()] != 1 {
            return Node {
                state,
                ..self.at_hand(value, instruction)
            };
        }
        Node {
            alias: value,
            first_load,
            state,
            seen: state,
            standing: Standing::Inside,
            home: UNWANTED,
            asked: UNWANTED,
        }
    }

    /// The node of a value that is at hand, and that no tile makes.
    #[inline]
    fn at_hand(&self, value: ValueId, instruction: &Instruction) -> Node {
        let home = self.home(instruction);
        Node {
            alias: value,
            first_load: NO_LOAD,
            state: NO_STATE,
            seen: home.state,
            standing: Standing::AtHand,
            home: home.symbol,
            asked: UNWANTED,
        }
    }

    #[inline]
    fn home(&self, instruction: &Instruction) -> Home {
        match instruction.ty() {
            Some(ty) => self.homes[ty.single_index()],
            None => Home::of(self.tables, self.void),
        }
    }
}
