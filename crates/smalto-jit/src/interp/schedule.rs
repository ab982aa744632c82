//! The order in which varying nodes are computed.
//!
//! An interpreter pays for two things besides the arithmetic: starting a kernel,
//! which long runs of one op share, and moving slots through the caches, which few
//! live values keep small. The two pull apart: with all nodes of an op together,
//! prospero has 65 runs but needs 1427 slots; in the order that needs the fewest,
//! 53, it has 5477 runs.
//!
//! So there are two walks. The first is depth first from the outputs and visits
//! the operand needing more slots first (Sethi and Ullman, "The generation of
//! optimal code for arithmetic expressions", JACM 1970: optimal on trees, a
//! heuristic on graphs). The second regroups that order into runs, but looks only
//! a window ahead, so that no value is computed much sooner than it is used.

use smalto_graph::{Graph, NodeId};
use std::collections::HashMap;
use std::collections::VecDeque;
use std::hash::Hash;

/// How far past the first node not yet scheduled the second walk looks. On prospero,
/// runs and slots by window: 1: 5477, 53; 16: 3614, 56; 64: 1822, 72; 128: 1199, 96;
/// 1024: 286, 300. Time was least at 64 and 128, within noise of each other (Zen 4,
/// AVX-512 and AVX2); the smaller one asks less of the caches.
pub(super) const WINDOW: usize = 64;

/// Varying nodes, marked by `varying`, in an order of few live values and long runs
/// of nodes with one key, which looks `window` nodes ahead.
pub(crate) fn schedule<K: Copy + Eq + Hash>(
    graph: &Graph,
    varying: &[bool],
    window: usize,
    key: impl Fn(NodeId) -> K,
) -> Vec<NodeId> {
    let order = depth_first(graph, varying);
    Regroup::new(graph, &order, key).run(window)
}

/// Varying nodes in an order of few live values.
fn depth_first(graph: &Graph, varying: &[bool]) -> Vec<NodeId> {
    let need = slots_needed(graph, varying);
    let mut order = Vec::with_capacity(varying.iter().filter(|&&varying| varying).count());
    let mut seen = vec![false; graph.len()];
    let mut stack = Vec::new();
    for output in graph.outputs() {
        stack.push((output.node, false));
        while let Some((node, operands_done)) = stack.pop() {
            if operands_done {
                if varying[node.index()] {
                    order.push(node);
                }
                continue;
            }
            if seen[node.index()] {
                continue;
            }
            seen[node.index()] = true;
            stack.push((node, true));
            // The stack is last in, first out: the neediest operand goes on last.
            let first = stack.len();
            stack.extend(graph.operands(node).iter().map(|&operand| (operand, false)));
            stack[first..].sort_by_key(|(operand, _)| need[operand.index()]);
        }
    }
    order
}

/// Sethi-Ullman numbers: how many slots computing each node takes, as if it shared
/// nothing with others.
fn slots_needed(graph: &Graph, varying: &[bool]) -> Vec<u16> {
    let mut need = vec![0u16; graph.len()];
    let mut operands = Vec::new();
    for node in graph.ids().filter(|node| varying[node.index()]) {
        operands.clear();
        operands.extend(
            graph
                .operands(node)
                .iter()
                .map(|operand| need[operand.index()]),
        );
        operands.sort_unstable_by(|a, b| b.cmp(a));
        let held = operands
            .iter()
            .zip(0u16..)
            .map(|(&slots, held)| slots.saturating_add(held));
        need[node.index()] = held.max().unwrap_or(0).max(1);
    }
    need
}

/// The second walk: among the nodes of the window that are ready, all of one key at
/// a time, the key with the most of them first. Nodes go by their position in the
/// first order.
struct Regroup<'a> {
    order: &'a [NodeId],
    /// For each node, a small number that stands for its key.
    class: Vec<u32>,
    /// For each node, how many operands are not scheduled yet.
    waiting_for: Vec<u32>,
    /// The users of node `i` are `users[first_user[i]..first_user[i + 1]]`.
    first_user: Vec<u32>,
    users: Vec<u32>,
    /// For each class, its nodes of the window that are ready.
    ready: Vec<VecDeque<u32>>,
}

impl<'a> Regroup<'a> {
    fn new<K: Copy + Eq + Hash>(
        graph: &Graph,
        order: &'a [NodeId],
        key: impl Fn(NodeId) -> K,
    ) -> Regroup<'a> {
        let mut position = vec![u32::MAX; graph.len()];
        for (index, node) in (0..).zip(order) {
            position[node.index()] = index;
        }
        let mut classes = HashMap::new();
        let class = order.iter().map(|&node| {
            let next = classes.len() as u32;
            *classes.entry(key(node)).or_insert(next)
        });
        let class: Vec<u32> = class.collect();
        let (waiting_for, first_user, users) = uses(graph, order, &position);
        let ready = vec![VecDeque::new(); classes.len()];
        Regroup {
            order,
            class,
            waiting_for,
            first_user,
            users,
            ready,
        }
    }

    fn run(mut self, window: usize) -> Vec<NodeId> {
        let count = self.order.len();
        let mut scheduled = vec![false; count];
        let mut grouped = Vec::with_capacity(count);
        let (mut first, mut admitted) = (0, 0);
        while grouped.len() < count {
            while scheduled[first] {
                first += 1;
            }
            while admitted < count.min(first.saturating_add(window)) {
                self.offer(admitted);
                admitted += 1;
            }
            let longest = (0..self.ready.len())
                .max_by_key(|&class| self.ready[class].len())
                .expect("there are nodes, so there are classes");
            while let Some(node) = self.ready[longest].pop_front() {
                let node = node as usize;
                scheduled[node] = true;
                grouped.push(self.order[node]);
                for user in self.first_user[node]..self.first_user[node + 1] {
                    let user = self.users[user as usize] as usize;
                    self.waiting_for[user] -= 1;
                    if user < admitted {
                        self.offer(user);
                    }
                }
            }
        }
        grouped
    }

    /// Makes `node`, which is in the window, a candidate if its operands are done.
    fn offer(&mut self, node: usize) {
        if self.waiting_for[node] == 0 {
            self.ready[self.class[node] as usize].push_back(node as u32);
        }
    }
}

/// Who uses whom within `order`: for each node the number of operands, and its
/// users, one after the other.
fn uses(graph: &Graph, order: &[NodeId], position: &[u32]) -> (Vec<u32>, Vec<u32>, Vec<u32>) {
    let operands = |node: NodeId| {
        let operands = graph
            .operands(node)
            .iter()
            .map(|operand| position[operand.index()]);
        operands.filter(|&operand| operand != u32::MAX)
    };
    let mut waiting_for = vec![0; order.len()];
    let mut first_user = vec![0; order.len() + 1];
    for (index, &node) in order.iter().enumerate() {
        for operand in operands(node) {
            waiting_for[index] += 1;
            first_user[operand as usize + 1] += 1;
        }
    }
    for index in 0..order.len() {
        first_user[index + 1] += first_user[index];
    }
    let mut next = first_user.clone();
    let mut users = vec![0; first_user[order.len()] as usize];
    for (index, &node) in (0..).zip(order) {
        for operand in operands(node) {
            users[next[operand as usize] as usize] = index;
            next[operand as usize] += 1;
        }
    }
    (waiting_for, first_user, users)
}
