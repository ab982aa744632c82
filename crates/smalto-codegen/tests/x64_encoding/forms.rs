//! Every row of the table: every register, address, mask, rounding mode, immediate.

use crate::judge::Judge;
use crate::request::{
    Address, Base, Given, Index, RSP, Request, SCALES, addresses, controls, edge_registers,
    gather_addresses, immediates, is_branch, masks, plain, registers,
};
use smalto_codegen::target::x64::form::{MemoryKind, Slot, Space};
use smalto_codegen::target::x64::{Form, MOV, Mnemonic, Size, VADDPS};

/// Calls `test` with the plain request of every form at every size.
fn for_every_form(mut test: impl FnMut(&'static Form, Request)) {
    for &mnemonic in Mnemonic::all() {
        for form in mnemonic.forms().iter().filter(|form| !is_branch(form)) {
            for size in form.sizes.iter() {
                test(form, plain(mnemonic, form, size));
            }
        }
    }
}

/// The request with operand `at` replaced.
fn with(request: &Request, at: usize, given: Given) -> Request {
    let mut request = request.clone();
    request.operands[at] = given;
    request
}

fn check_unless_overlapping(judge: &mut Judge, request: &Request) {
    if !request.is_overlapping_gather() {
        judge.check(request);
    }
}

/// The addresses an operand can be, with and without broadcasting.
fn addresses_of(slot: &Slot, space: Space, all: &[Address], gathers: &[Address]) -> Vec<Given> {
    let mut found: Vec<Address> = match slot.memory {
        MemoryKind::None => Vec::new(),
        MemoryKind::Indexed(..) => gathers
            .iter()
            .filter(|address| space == Space::Evex || !is_high(address))
            .copied()
            .collect(),
        _ => all.to_vec(),
    };
    if slot.broadcast != 0 {
        found.extend(all.iter().map(|&address| Address {
            broadcast: true,
            ..address
        }));
    }
    found.into_iter().map(Given::Memory).collect()
}

fn is_high(address: &Address) -> bool {
    matches!(address.index, Index::Vector(16..))
}

#[test]
fn each_operand_is_every_register() {
    let mut judge = Judge::new();
    for_every_form(|form, request| {
        for (at, slot) in form.operands().iter().enumerate() {
            for register in registers(slot, form.encoding.space) {
                check_unless_overlapping(&mut judge, &with(&request, at, register));
            }
        }
    });
}

#[test]
fn registers_at_the_edges_in_every_combination() {
    let mut judge = Judge::new();
    for_every_form(|form, request| {
        let mut requests = vec![request];
        for (at, slot) in form.operands().iter().enumerate() {
            let edges = edge_registers(slot, form.encoding.space);
            if !edges.is_empty() {
                let of = |request: &Request| {
                    edges
                        .iter()
                        .map(|&edge| with(request, at, edge))
                        .collect::<Vec<_>>()
                };
                requests = requests.iter().flat_map(of).collect();
            }
        }
        for request in &requests {
            check_unless_overlapping(&mut judge, request);
        }
    });
}

#[test]
fn memory_at_every_address() {
    let mut judge = Judge::new();
    let (all, gathers) = (addresses(), gather_addresses());
    for_every_form(|form, request| {
        for (at, slot) in form.operands().iter().enumerate() {
            for address in addresses_of(slot, form.encoding.space, &all, &gathers) {
                check_unless_overlapping(&mut judge, &with(&request, at, address));
            }
        }
    });
}

/// Every base with every index at every scale and displacements of every kind.
fn all_addresses() -> impl Iterator<Item = Address> {
    let bases = || std::iter::once(Base::None).chain((0..16).map(Base::Gpr));
    let gprs = (0..16).filter(|&index| index != RSP).map(Index::Gpr);
    let indexes: Vec<Index> = std::iter::once(Index::None).chain(gprs).collect();
    let scaled = move |index| SCALES.map(|scale| (index, scale));
    let indexes = indexes.into_iter().flat_map(scaled);
    indexes.flat_map(move |(index, scale)| {
        bases().flat_map(move |base| {
            const OFFSETS: [i32; 8] = [0, 4, 64, 127, 128, -512, -8192, i32::MAX];
            OFFSETS.map(|offset| Address {
                base,
                index,
                scale,
                offset,
                broadcast: false,
            })
        })
    })
}

#[test]
fn every_address_in_every_kind_of_prefix() {
    let mut judge = Judge::new();
    let (legacy, vex, evex) = (&MOV.forms()[1], &VADDPS.forms()[0], &VADDPS.forms()[1]);
    for (mnemonic, form, size, register, broadcast) in [
        (MOV, legacy, Size::S64, Given::Gpr(9), false),
        (VADDPS, vex, Size::S256, Given::Vector(9), false),
        (VADDPS, evex, Size::S512, Given::Vector(19), false),
        (VADDPS, evex, Size::S128, Given::Vector(19), true),
    ] {
        let request = with(&plain(mnemonic, form, size), 0, register);
        let memory = form.operands().len() - 1;
        for address in all_addresses() {
            let address = Address {
                broadcast,
                ..address
            };
            judge.check(&with(&request, memory, Given::Memory(address)));
        }
    }
}

#[test]
fn every_mask_and_rounding_mode() {
    let mut judge = Judge::new();
    for_every_form(|form, request| {
        let reads_memory = request
            .operands
            .iter()
            .any(|given| matches!(given, Given::Memory(_)));
        for (mask, zeroing) in masks(form) {
            let masked = Request {
                mask,
                zeroing,
                ..request.clone()
            };
            judge.check(&masked);
            for control in controls(form, request.size) {
                assert!(!reads_memory, "rounding control is for registers");
                judge.check(&Request {
                    control,
                    ..masked.clone()
                });
            }
        }
    });
}

#[test]
fn every_immediate() {
    let mut judge = Judge::new();
    for_every_form(|form, request| {
        for (at, slot) in form.operands().iter().enumerate() {
            for immediate in immediates(slot) {
                judge.check(&with(&request, at, immediate));
            }
        }
    });
}

#[test]
fn every_form_is_chosen_for_something() {
    // The last of these a form does not share with the forms before it.
    let mut judge = Judge::new();
    let mut chosen = std::collections::HashSet::new();
    let mut count = 0;
    for_every_form(|form, request| {
        count += usize::from(form.sizes.iter().next() == Some(request.size));
        let mut choose = |request: &Request| {
            if !request.is_overlapping_gather() {
                chosen.insert(std::ptr::from_ref(judge.check(request)));
            }
        };
        choose(&request);
        for (mask, zeroing) in masks(form) {
            choose(&Request {
                mask,
                zeroing,
                ..request.clone()
            });
        }
        for (at, slot) in form.operands().iter().enumerate() {
            let last_register = registers(slot, form.encoding.space).pop();
            let last_address = addresses_of(
                slot,
                form.encoding.space,
                &[Address::base(7)],
                &gather_addresses()[..1],
            )
            .pop();
            let others = [last_register, last_address, immediates(slot).pop()];
            for given in others.into_iter().flatten() {
                choose(&with(&request, at, given));
            }
        }
    });
    assert_eq!(chosen.len(), count, "forms chosen, of all but branches");
}

#[test]
fn a_size_is_needed_exactly_where_there_is_a_choice() {
    for &mnemonic in Mnemonic::all() {
        let forms = mnemonic.forms();
        let fixed = forms.iter().filter(|form| form.sizes.contains(Size::Fixed));
        assert!([0, forms.len()].contains(&fixed.count()), "{mnemonic}");
    }
}

#[test]
fn ids_and_names_lead_back_to_their_mnemonics() {
    for &mnemonic in Mnemonic::all() {
        assert_eq!(Mnemonic::from_id(mnemonic.id()), Some(mnemonic));
        assert_eq!(Mnemonic::named(mnemonic.name()), Some(mnemonic));
        assert_eq!(Mnemonic::named(&mnemonic.to_string()), Some(mnemonic));
    }
    assert_eq!(Mnemonic::from_id(VADDPS.id() + 1), None, "inside a run");
    assert_eq!(Mnemonic::from_id(u16::MAX), None);
}
