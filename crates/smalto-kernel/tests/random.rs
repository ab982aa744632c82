//! What holds of every kernel, on random ones.

use proptest::prelude::*;
use smalto_kernel::interpret::{Buffer, Interpreter};
use smalto_kernel::passes::{self, Workspace};
use smalto_kernel::testing::{Case, Menu};
use smalto_kernel::{Lane, Module, Op, ValueType, Width, parse, verify};
use std::collections::HashSet;

fn choices() -> impl Strategy<Value = Vec<u32>> {
    prop::collection::vec(any::<u32>(), 0..400)
}

fn menus() -> impl Strategy<Value = Menu> {
    prop::sample::select(vec![
        Menu::default(),
        Menu::of_width(1),
        Menu::of_width(4),
        Menu::of_width(16),
        Menu {
            lanes: vec![Lane::F32],
            tuples: false,
            ..Menu::default()
        },
    ])
}

fn run(case: &Case, module: &Module, width: usize) -> Vec<Buffer> {
    let mut buffers = case.buffers.clone();
    Interpreter::new(module)
        .unwrap_or_else(|findings| panic!("{findings}\n{module}"))
        .width(width)
        .run(Case::KERNEL, &mut buffers, &case.arguments)
        .unwrap_or_else(|error| panic!("{error}\n{module}"));
    buffers
}

/// That what each routine says it contains is what its instructions are.
#[track_caller]
fn check_contents(module: &Module) {
    for routine in module.routines() {
        let types = routine.instructions().iter().filter_map(|one| one.ty());
        let types: HashSet<ValueType> = types.map(ValueType::single).collect();
        let told: HashSet<ValueType> = routine.types().iter().collect();
        assert_eq!(told, types, "{module}");
        let calls = routine
            .instructions()
            .iter()
            .any(|one| one.op() == Op::Call);
        assert_eq!(routine.has_calls(), calls, "{module}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        failure_persistence: None,
        cases: 192,
        ..Default::default()
    })]

    #[test]
    fn what_is_printed_reads_back(menu in menus(), choices in choices()) {
        let module = Case::random(&menu, &choices).module;
        verify(&module).unwrap();
        check_contents(&module);
        let text = module.to_string();
        let parsed = parse(&text).unwrap();
        prop_assert_eq!(parsed.to_string(), text);
        prop_assert!(parsed == module);
    }

    #[test]
    fn results_do_not_depend_on_the_width(choices in choices()) {
        let case = Case::random(&Menu::default(), &choices);
        prop_assert_eq!(case.module.routines().last().unwrap().width(), Width::Any);
        let expected = run(&case, &case.module, 8);
        for width in [1, 3, 4, 16, 64] {
            prop_assert_eq!(&run(&case, &case.module, width), &expected, "{}", &case.module);
        }
    }

    #[test]
    fn passes_change_no_result(menu in menus(), choices in choices()) {
        let case = Case::random(&menu, &choices);
        let expected = run(&case, &case.module, 8);
        let mut workspace = Workspace::default();
        let mut module = case.module.clone();
        passes::write_out_butterflies(&mut module, &mut workspace);
        verify(&module).unwrap();
        prop_assert!(!module.to_string().contains("reduce_"));
        passes::mask_memory(&mut module, 16, &mut workspace);
        verify(&module).unwrap();
        prop_assert_eq!(&run(&case, &module, 8), &expected, "{}\n{}", &case.module, &module);
        passes::widen_halves(&mut module, &mut workspace);
        verify(&module).unwrap();
        check_contents(&module);
        prop_assert!(!passes::computes_with_halves(&module));
        prop_assert_eq!(&run(&case, &module, 8), &expected, "{}\n{}", &case.module, &module);
        let mut module = case.module.clone();
        passes::hoist(&mut module, &mut workspace);
        prop_assert_eq!(&run(&case, &module, 8), &expected, "{}\n{}", &case.module, &module);
        let hoisted = module.clone();
        passes::hoist(&mut module, &mut workspace);
        prop_assert!(module == hoisted, "hoisting twice changes more:\n{hoisted}\n{module}");
        passes::remove_dead(&mut module, &mut workspace);
        prop_assert_eq!(&run(&case, &module, 8), &expected, "{}\n{}", &case.module, &module);
        let clean = module.clone();
        passes::remove_dead(&mut module, &mut workspace);
        check_contents(&module);
        prop_assert!(module == clean, "what is dead is removed at once:\n{clean}\n{module}");
        prop_assert_eq!(parse(&clean.to_string()).unwrap(), clean);
        for registers in [2, 32] {
            let mut module = case.module.clone();
            passes::schedule(&mut module, registers, &mut workspace);
            verify(&module).unwrap();
            check_contents(&module);
            prop_assert_eq!(&run(&case, &module, 8), &expected, "{}\n{}", &case.module, &module);
        }
        let mut module = case.module.clone();
        passes::share(&mut module, &mut workspace);
        verify(&module).unwrap();
        check_contents(&module);
        prop_assert_eq!(&run(&case, &module, 8), &expected, "{}\n{}", &case.module, &module);
        let shared = module.clone();
        passes::share(&mut module, &mut workspace);
        prop_assert!(module == shared, "what is shared is shared at once:\n{shared}\n{module}");
        let mut module = case.module.clone();
        passes::fold(&mut module, &mut workspace);
        verify(&module).unwrap();
        check_contents(&module);
        prop_assert_eq!(&run(&case, &module, 8), &expected, "{}\n{}", &case.module, &module);
        let mut module = case.module.clone();
        passes::absorb_negations(&mut module, &mut workspace);
        verify(&module).unwrap();
        check_contents(&module);
        prop_assert_eq!(&run(&case, &module, 8), &expected, "{}\n{}", &case.module, &module);
    }
}
