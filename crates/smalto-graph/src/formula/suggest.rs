//! "Did you mean": the known name nearest to an unknown one.

/// Names longer than this are not compared, which bounds the work.
const LONGEST: usize = 64;

/// The candidate that is the fewest typing mistakes away from `name`, if that is
/// few enough to have been meant. Among equals the alphabetically first.
pub(crate) fn nearest<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let name: Vec<char> = name.chars().take(LONGEST + 1).collect();
    let furthest = match name.len() {
        0 | 1 => return None,
        2..=5 => 1,
        length if length <= LONGEST => length / 3,
        _ => return None,
    };
    candidates
        .into_iter()
        .filter(|candidate| candidate.len() <= 4 * LONGEST)
        .filter_map(|candidate| {
            let letters: Vec<char> = candidate.chars().collect();
            let close = letters.len().abs_diff(name.len()) <= furthest;
            let distance = close.then(|| mistakes(&name, &letters))?;
            (distance <= furthest).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// The number of letters to insert, delete, replace or swap with their neighbour
/// to turn `from` into `to` (optimal string alignment).
fn mistakes(from: &[char], to: &[char]) -> usize {
    // Three rows of the dynamic programming table: the distances of the prefixes
    // of `from` that are two letters, one letter and no letter shorter.
    let mut before = vec![0; to.len() + 1];
    let mut above: Vec<usize> = (0..=to.len()).collect();
    for i in 1..=from.len() {
        let mut row = vec![i; to.len() + 1];
        for j in 1..=to.len() {
            let replaced = above[j - 1] + usize::from(from[i - 1] != to[j - 1]);
            row[j] = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            let swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
            if swapped {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut above, row);
    }
    above[to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let known = ["sin", "sinh", "sqrt", "atan2", "x"];
        let check = |name, expected| assert_eq!(nearest(name, known), expected, "{name}");
        check("sine", Some("sin"));
        check("sqtr", Some("sqrt"));
        check("arctan2", Some("atan2"));
        check("q", None);
        check("perlin", None);
        check(&"s".repeat(100_000), None);
    }
}
