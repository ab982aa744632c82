//! An order of blocks for what works through them in a line.

use super::{Flow, LoopId};
use crate::BlockId;

/// The blocks of a routine in an order in which all jumps but those back go
/// forward and every loop is in one piece.
///
/// In the reverse postorder a block after a loop may come between blocks of the loop.
/// Here a loop counts, for what is around it, as one block: its header. Where the
/// header comes, all of the loop comes, in the same way again. Jumps into a loop go to
/// its header, so they still go forward; jumps out of a loop go to what comes after
/// its header in the reverse postorder and is not in the loop, which now comes
/// after all of it.
///
/// In this order a block comes after those that dominate it.
pub fn block_order(flow: &Flow) -> Vec<BlockId> {
    const NONE: u32 = u32::MAX;
    let Flow { cfg, loops, .. } = flow;
    // The members of each loop and of no loop (the last list), as linked lists. A loop
    // within is represented by its header.
    let outside = loops.len();
    let list_of = |id: Option<LoopId>| id.map_or(outside, LoopId::index);
    let mut first = vec![NONE; loops.len() + 1];
    let mut next = vec![NONE; cfg.len()];
    for &block in cfg.reverse_postorder().iter().rev() {
        let innermost = loops.innermost(block);
        let owner = match innermost.map(|id| loops.get(id)) {
            Some(inner) if inner.header == block => inner.parent,
            _ => innermost,
        };
        let head = &mut first[list_of(owner)];
        next[block.index()] = std::mem::replace(head, block.0);
    }
    let mut order = Vec::with_capacity(cfg.reverse_postorder().len());
    // Where to go on in the lists that are open.
    let mut stack = vec![first[outside]];
    while let Some(place) = stack.last_mut() {
        if *place == NONE {
            stack.pop();
            continue;
        }
        let block = BlockId(*place);
        *place = next[block.index()];
        order.push(block);
        if let Some(id) = loops.innermost(block)
            && loops.get(id).header == block
        {
            stack.push(first[id.index()]);
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::flow_of;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

        #[test]
        fn jumps_go_forward_and_loops_are_in_one_piece(
            edges in (2usize..14).prop_flat_map(|blocks| {
                prop::collection::vec(prop::collection::vec(1..blocks, 0..3), blocks)
            })
        ) {
            let Ok(flow) = Flow::new(&flow_of(&edges)) else { return Ok(()) };
            let order = block_order(&flow);
            prop_assert_eq!(order.len(), flow.cfg.reverse_postorder().len());
            let place = |block: BlockId| order.iter().position(|&b| b == block).unwrap();
            for &from in &order {
                for to in flow.cfg.successors(from) {
                    prop_assert!(place(from) < place(to) || flow.dominators.dominates(to, from));
                }
            }
            for id in flow.loops.ids() {
                let inside = |block: &BlockId| flow.loops.contains(id, *block);
                let mut places = order.iter().copied().filter(inside).map(place);
                let begin = places.next().unwrap();
                prop_assert_eq!(begin, place(flow.loops.get(id).header));
                prop_assert!(places.zip(begin + 1..).all(|(found, expected)| found == expected));
            }
        }
    }
}
