//! Type macros.

use crate::SourceFile;
use crate::finding::Log;
use crate::reader::{Form, read};

#[track_caller]
fn check(text: &str, expected: &str) {
    let mut log = Log::default();
    let name = "x.tiles";
    let forms = read(&[SourceFile { name, text }], &mut log);
    let forms: Vec<String> = forms.iter().map(Form::text).collect();
    let findings = log.into_findings(&[name]).to_string();
    let found = if findings.is_empty() {
        forms.join(" ")
    } else {
        findings
    };
    assert_eq!(found, expected);
}

#[test]
fn rows_replace_variables() {
    check("(each T (a b) (f $T))", "(f a) (f b)");
    check(
        "(each (T S) ((a 1) (b 2)) (f.$T v$S.w) (g$S))",
        "(f.a v1.w) (g1) (f.b v2.w) (g2)",
    );
    check("(each T (a) (f $sign$T $low$T:b))", "(f $signa $lowa:b)");
}

#[test]
fn the_longest_variable_fits() {
    check("(each (L LE) ((l le)) (f $L $LE $Lx))", "(f l le lx)");
}

#[test]
fn macros_nest() {
    check(
        "(each T (a b) (each S (1 2) (f$S $T)))",
        "(f1 a) (f2 a) (f1 b) (f2 b)",
    );
    check("(each T (a) (each S ($T b) (f $S)))", "(f a) (f b)");
    check("(each T (a) (each T (b) (f $T)) (g $T))", "(f b) (g a)");
}

#[test]
fn comments_are_no_forms() {
    check("(a ; (b)\n c) ; d", "(a c)");
}

#[test]
fn wrong_macros() {
    check(
        "(each T (a) (f $U))",
        "x.tiles:1: no variable `$U` is in scope",
    );
    check(
        "(each (T S) ((a)) (f))",
        "x.tiles:1: 2 variables, but a row of 1",
    );
    check(
        "(each t (a) (f))",
        "x.tiles:1: expected a variable in capitals, found `t`",
    );
    check(
        "(each T a (f))",
        "x.tiles:1: expected a list of rows, found `a`",
    );
    check(
        "(each T)",
        "x.tiles:1: expected (each VARIABLES ROWS FORM...), found `(each T)`",
    );
}
