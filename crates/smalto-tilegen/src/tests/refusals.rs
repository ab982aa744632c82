//! Each thing that is refused.

use super::compile_text;

/// What is at the start of every case, on line 1, so that cases begin on line 2.
const START: &str = "(symbol r register 0) (symbol k register 2) (symbol void void) \
    (symbol flags flags) (symbol imm operand) (symbol x operand) (constant one 4 1) \
    (pseudo both w rw read) \
    (tile n (number) imm 0 (immediate)) (tile ld imm r 3 (mov d 0)) \
    (tile ix r x 0 (index 0)) (tile km (mul k k) k 2 (mul d=0 1)) (tile st (store x r) void 1 (mov @0 1)) \
    (tile lt (less r r) flags 1 (cmp 0 1) (condition b)) (tile br (branch flags) void 1 (j:0 %then))\n";

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    let found = match compile_text(&format!("{START}{text}")) {
        Ok(_) => String::new(),
        Err(findings) => findings.to_string(),
    };
    assert_eq!(found.lines().collect::<Vec<_>>(), expected);
}

/// One finding, on line 2, about a tile `t` with this pattern, result, cost and clauses.
#[track_caller]
fn check_tile(tile: &str, expected: &str) {
    check(
        &format!("(tile t {tile})"),
        &[&format!("x.tiles:2: tile `t`: {expected}")],
    );
}

#[test]
fn the_start_is_fine() {
    check("", &[]);
}

#[test]
fn text() {
    check("(tile", &["x.tiles:2: a `(` that is not closed"]);
    check("\n)", &["x.tiles:3: a `)` that closes nothing"]);
    let deep = "(".repeat(40);
    check(&deep, &["x.tiles:2: more than 32 `(` in one another"]);
    check(
        "(tiel a)",
        &["x.tiles:2: no form is called `tiel`: there are symbol, pseudo, constant, tile and each"],
    );
    check(
        "(symbol r operand)",
        &["x.tiles:2: `r` is declared already"],
    );
    check(
        "(symbol y vector)",
        &[
            "x.tiles:2: expected (symbol NAME register CLASS|operand|flags|void), found `(symbol y vector)`",
        ],
    );
    check(
        "(constant two 4 0x100000000)",
        &[
            "x.tiles:2: expected bits that fit the bytes of a lane, found `(constant two 4 0x100000000)`",
        ],
    );
    check(
        "(pseudo p reads)",
        &["x.tiles:2: expected (pseudo NAME w|rw|read...), found `(pseudo p reads)`"],
    );
}

#[test]
fn all_findings_are_reported_in_order() {
    check(
        "(tile a (nought) r 1)\n(tile b y r 1)\n(tile c (add r) r 1)",
        &[
            "x.tiles:2: tile `a`: no operator `nought`",
            "x.tiles:3: tile `b`: no symbol `y`",
            "x.tiles:4: tile `c`: `add` has 2 operands, not 1",
        ],
    );
}

#[test]
fn names() {
    check_tile("(add r r) q 1 (add d=0 1)", "no symbol `q`");
    check_tile("(add r r) r 1 (sub d=0 1)", "no instruction `SUB`");
    check_tile("(add r r) r 1 (!sub d 0 1)", "no pseudo-instruction `sub`");
    check_tile("(neg r) r 1 (mul d 0 $two)", "no constant `$two`");
    check_tile("(add r r) r 1 (add d=0 2)", "no leaf 2: the pattern has 2");
    check_tile(
        "(add r r) r 1 (mov t0 0) (add d=0 1)",
        "no temporary t0: there are 0",
    );
    check_tile(
        "(select flags r r) r 1 (xor d 1 2) (set:0 d)",
        "no instruction `SETB`",
    );
    check_tile(
        "(add r r) r 1 (add.9 d=0 1)",
        "expected a size of 8 to 512 or w2, w4, w8, found `add.9`",
    );
    check_tile(
        "(add r r) r 1 (add d=0 r)",
        "expected an operand, found `r`",
    );
}

#[test]
fn roles() {
    check_tile(
        "(add r r) r 1 (add 0 1) (mov d 0)",
        "`add` writes `0`, which is a leaf: others may need it",
    );
    check_tile(
        "(add r r) r 1 (add d 1) (cmp 0 0)",
        "`add` overwrites `d`: say which leaf that was, as in `d=0`",
    );
    check_tile(
        "(neg r) r 1 (mov d=0 0)",
        "`mov` does not read what was in `d`: leave the `=` away",
    );
    check_tile(
        "(neg r) r 1 (temps r) (xor d 0 t0)",
        "`xor` reads `t0` before anything is written there",
    );
    check_tile(
        "(neg r) r 1 (cmp 0 #1)",
        "nothing writes the result: write `d`",
    );
    check_tile(
        "(neg r) r 1 (mov #1 0) (mov d 0)",
        "`mov` writes `#1`, which cannot be written",
    );
    check_tile(
        "(neg r) void 1 (mov d 0)",
        "`mov` writes `d`, but the tile makes no register",
    );
    check_tile("(neg r) r 1 (mov d 0 0)", "no form of `mov` has 3 operands");
    check_tile(
        "(neg r) r 1 (!both d d 0)",
        "`!both` overwrites `d`: say which leaf that was, as in `d=0`",
    );
}

#[test]
fn what_does_not_depend_on_the_register_may_read_it() {
    check("(tile t (zero) r 1 (xor d d d))", &[]);
    check(
        "(tile t (neg r) r 1 (temps r) (xor t0 t0 t0) (xor d t0 0))",
        &[],
    );
}

#[test]
fn masks() {
    check("(tile t (select k r r) r 1 (vblend d {k:0} 1 2))", &[]);
    check("(tile t (select k r r) r 1 (vadd d {z:0} 1 2))", &[]);
    check("(tile t (select k r r) r 1 (vadd d=2 {k:0} 1 2))", &[]);
    check_tile(
        "(select k r r) r 1 (vadd d {k:0} 1 2)",
        "`vadd` overwrites `d`: say which leaf that was, as in `d=0`",
    );
    check_tile(
        "(select k r r) r 1 (vblend d {z:0} 1 2)",
        "no form of `vblend` with 3 operands takes that mask",
    );
    check_tile(
        "(select k r r) r 1 (xor d {k:0} 1 2)",
        "no form of `xor` with 3 operands takes that mask",
    );
    check_tile(
        "(add r k) r 1 (vgather d=0 {k:1} @v0)",
        "`vgather` writes `1`, which is a leaf: others may need it",
    );
    check_tile(
        "(add r imm) r 1 (vadd d {z:1} 0 0)",
        "a mask is a leaf or a temporary, not `1`",
    );
    check_tile(
        "(neg r) r 1 (vadd {k:0} d 0 0)",
        "expected a mask after the first operand, found `(vadd {k:0} d 0 0)`",
    );
}

#[test]
fn leaves() {
    check_tile("(add r r) r 1 (mov d 0)", "leaf 1, `r`, is never used");
    check_tile(
        "(select flags r r) r 1 (mov d 1) (cmp 2 2)",
        "leaf 0, `flags`, is never used",
    );
    // Matched for what it is.
    check("(tile t (add r imm) r 1 (mov d 0))", &[]);
    check_tile(
        "(select r r r) r 1 (cmov:0 d=1 2)",
        "leaf 0 is `r`, which is no flags",
    );
    check_tile(
        "(neg r) r 1 (mov d @0)",
        "leaf 0 is `r`, which is no operand",
    );
    check_tile(
        "(add imm r) r 1 (add d=0 1)",
        "leaf 0 is `imm`, which is no register",
    );
}

#[test]
fn bodies() {
    check_tile("(zero) imm 1", "`imm` cannot be made by instructions");
    check_tile(
        "(zero) r 1 (immediate)",
        "`r` cannot be made by (immediate)",
    );
    check_tile("(zero) imm 1 (alias 0)", "no leaf 0: the pattern has 0");
    check_tile("(neg r) r 1 (alias 0)", "`r` cannot be made by (alias 0)");
    check_tile(
        "(neg r) flags 1 (cmp 0 0)",
        "flags need a `(condition ...)` under which they mean true",
    );
    check_tile(
        "(neg r) r 1 (mov d 0) (condition b)",
        "a condition, but `r` is not flags",
    );
    check_tile(
        "(neg r) r 1 (temps imm) (mov t0 0) (mov d t0)",
        "`imm` is no register, so it cannot be a temporary",
    );
    check_tile(
        "(neg r) r 1 (temps r) (mov d 0)",
        "temporary t0 is never used",
    );
    check_tile(
        "(zero) imm 1 (immediate) (pool)",
        "expected one body, found `(pool)`",
    );
}

#[test]
fn tiles_that_cannot_match_or_win() {
    check(
        "(symbol y operand) (tile t (neg y) r 1 (mov d 0))",
        &[
            "x.tiles:2: no tile makes `y`",
            "x.tiles:2: tile `t`: can never match: nothing makes `y`",
        ],
    );
    check(
        "(symbol y operand) (tile t (zero) y 0 (immediate))",
        &["x.tiles:2: no tile uses `y`"],
    );
    check_tile(
        "(less r r) flags 1 (cmp 1 0) (condition b)",
        "can never win: of `(less r r)`, `lt` at x.tiles:1 makes `flags` too and costs no more",
    );
    check(
        "(tile a (add r imm) r 9 (add d=0 1))\n(tile b (add r r) r 2 (add d=0 1))",
        &[
            "x.tiles:2: tile `a`: can never win: whatever `(add r imm)` matches is made `r` at less cost otherwise",
        ],
    );
    // At equal cost the earlier wins.
    check(
        "(tile a (add r imm) r 5 (add d=0 1))\n(tile b (add r r) r 2 (add d=0 1))",
        &[],
    );
}

#[test]
fn free_rings_and_divergence() {
    check(
        "(symbol y operand) (tile a imm y 0 (alias 0)) (tile b y imm 0 (alias 0))",
        &[
            "x.tiles:2: tile `a`: one of a ring of chain rules that cost nothing",
            "x.tiles:2: tile `b`: one of a ring of chain rules that cost nothing",
        ],
    );
    check(
        "(tile a (zero) r 1 (xor d d d)) (tile b (zero) k 1 (xor d d d))
         (tile c (neg r) r 1 (mov d 0)) (tile d (neg k) k 2 (mov d 0))",
        &[
            "x.tiles:3: the costs of `r` and `k` grow apart without bound, as under `neg`: \
           a chain rule from one to the other bounds them",
        ],
    );
}
