//! The instruction table: one line a form.
//!
//! The columns are the manual's: mnemonic, encoding, where the operands are encoded,
//! operands, feature. The [module above](super) says how to read and write them. An
//! instruction with several forms lists the shorter ones first.

use super::Mnemonic;
use super::form::{Features, Form};

macro_rules! instructions {
    ($(
        $name:ident $( $encoding:literal $fields:ident $operands:literal $feature:ident )or+;
    )*) => {
        #[allow(non_camel_case_types, clippy::upper_case_acronyms, reason = "the manual's names")]
        enum Position {
            $($name,)*
            End,
        }

        const MNEMONIC_COUNT: usize = Position::End as usize;

        /// The names, in table order.
        pub(super) static MNEMONIC_NAMES: [&str; MNEMONIC_COUNT] = [$(stringify!($name)),*];

        /// How many forms each mnemonic has.
        const FORMS_OF: [usize; MNEMONIC_COUNT] = [$([$($encoding),+].len()),*];

        const TABLE: Starts = Starts::count();

        /// The number of rows.
        pub(super) const FORM_COUNT: usize = TABLE.end;

        /// The rows as the manual has them.
        pub(super) static FORMS: [Form; FORM_COUNT] = [$($(
            const {
                Form::parse($encoding, stringify!($fields), $operands, Features::$feature)
            }
        ),+),*];

        $(
            #[doc = concat!("The `", stringify!($name), "` instruction:"
                $(, "\n* `", $operands, "`: ", $encoding, ", ", stringify!($feature))+)]
            pub const $name: Mnemonic = Mnemonic(TABLE.first[Position::$name as usize]);
        )*

        /// The mnemonics, in table order.
        pub(super) static MNEMONICS: [Mnemonic; MNEMONIC_COUNT] = [$($name),*];
    };
}

/// The first row of every mnemonic, and the end of the table.
struct Starts {
    first: [u16; MNEMONIC_COUNT],
    end: usize,
}

impl Starts {
    const fn count() -> Starts {
        let mut starts = Starts {
            first: [0; MNEMONIC_COUNT],
            end: 0,
        };
        let mut at = 0;
        while at < MNEMONIC_COUNT {
            starts.first[at] = starts.end as u16;
            starts.end += FORMS_OF[at];
            at += 1;
        }
        assert!(
            starts.end <= u16::MAX as usize,
            "rows are numbered in 16 bits"
        );
        starts
    }
}

/// Whether a row is the last of its mnemonic.
pub(super) const LAST_OF_MNEMONIC: [bool; FORM_COUNT] = {
    let mut last = [false; FORM_COUNT];
    let (mut at, mut row) = (0, 0);
    while at < MNEMONIC_COUNT {
        row += FORMS_OF[at];
        last[row - 1] = true;
        at += 1;
    }
    last
};

instructions! {
    // Float arithmetic.
    VADDPS          "VEX.128/256.0F.WIG 58 /r"              RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.0F.W0 58 /r"          RVM  "w vec{kz}, vec, vec/m/b32{er}"              AVX512F;
    VADDPD          "VEX.128/256.66.0F.WIG 58 /r"           RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F.W1 58 /r"       RVM  "w vec{kz}, vec, vec/m/b64{er}"              AVX512F;
    VADDSS          "VEX.LIG.F3.0F.WIG 58 /r"               RVM  "w xmm, xmm, xmm/m32"                        AVX
                 or "EVEX.LLIG.F3.0F.W0 58 /r"              RVM  "w xmm{kz}, xmm, xmm/m32{er}"                AVX512F;
    VADDSD          "VEX.LIG.F2.0F.WIG 58 /r"               RVM  "w xmm, xmm, xmm/m64"                        AVX
                 or "EVEX.LLIG.F2.0F.W1 58 /r"              RVM  "w xmm{kz}, xmm, xmm/m64{er}"                AVX512F;
    VSUBPS          "VEX.128/256.0F.WIG 5C /r"              RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.0F.W0 5C /r"          RVM  "w vec{kz}, vec, vec/m/b32{er}"              AVX512F;
    VSUBPD          "VEX.128/256.66.0F.WIG 5C /r"           RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F.W1 5C /r"       RVM  "w vec{kz}, vec, vec/m/b64{er}"              AVX512F;
    VSUBSS          "VEX.LIG.F3.0F.WIG 5C /r"               RVM  "w xmm, xmm, xmm/m32"                        AVX
                 or "EVEX.LLIG.F3.0F.W0 5C /r"              RVM  "w xmm{kz}, xmm, xmm/m32{er}"                AVX512F;
    VSUBSD          "VEX.LIG.F2.0F.WIG 5C /r"               RVM  "w xmm, xmm, xmm/m64"                        AVX
                 or "EVEX.LLIG.F2.0F.W1 5C /r"              RVM  "w xmm{kz}, xmm, xmm/m64{er}"                AVX512F;
    VMULPS          "VEX.128/256.0F.WIG 59 /r"              RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.0F.W0 59 /r"          RVM  "w vec{kz}, vec, vec/m/b32{er}"              AVX512F;
    VMULPD          "VEX.128/256.66.0F.WIG 59 /r"           RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F.W1 59 /r"       RVM  "w vec{kz}, vec, vec/m/b64{er}"              AVX512F;
    VMULSS          "VEX.LIG.F3.0F.WIG 59 /r"               RVM  "w xmm, xmm, xmm/m32"                        AVX
                 or "EVEX.LLIG.F3.0F.W0 59 /r"              RVM  "w xmm{kz}, xmm, xmm/m32{er}"                AVX512F;
    VMULSD          "VEX.LIG.F2.0F.WIG 59 /r"               RVM  "w xmm, xmm, xmm/m64"                        AVX
                 or "EVEX.LLIG.F2.0F.W1 59 /r"              RVM  "w xmm{kz}, xmm, xmm/m64{er}"                AVX512F;
    VDIVPS          "VEX.128/256.0F.WIG 5E /r"              RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.0F.W0 5E /r"          RVM  "w vec{kz}, vec, vec/m/b32{er}"              AVX512F;
    VDIVPD          "VEX.128/256.66.0F.WIG 5E /r"           RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F.W1 5E /r"       RVM  "w vec{kz}, vec, vec/m/b64{er}"              AVX512F;
    VDIVSS          "VEX.LIG.F3.0F.WIG 5E /r"               RVM  "w xmm, xmm, xmm/m32"                        AVX
                 or "EVEX.LLIG.F3.0F.W0 5E /r"              RVM  "w xmm{kz}, xmm, xmm/m32{er}"                AVX512F;
    VDIVSD          "VEX.LIG.F2.0F.WIG 5E /r"               RVM  "w xmm, xmm, xmm/m64"                        AVX
                 or "EVEX.LLIG.F2.0F.W1 5E /r"              RVM  "w xmm{kz}, xmm, xmm/m64{er}"                AVX512F;
    VMINPS          "VEX.128/256.0F.WIG 5D /r"              RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.0F.W0 5D /r"          RVM  "w vec{kz}, vec, vec/m/b32{sae}"             AVX512F;
    VMINPD          "VEX.128/256.66.0F.WIG 5D /r"           RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F.W1 5D /r"       RVM  "w vec{kz}, vec, vec/m/b64{sae}"             AVX512F;
    VMINSS          "VEX.LIG.F3.0F.WIG 5D /r"               RVM  "w xmm, xmm, xmm/m32"                        AVX
                 or "EVEX.LLIG.F3.0F.W0 5D /r"              RVM  "w xmm{kz}, xmm, xmm/m32{sae}"               AVX512F;
    VMINSD          "VEX.LIG.F2.0F.WIG 5D /r"               RVM  "w xmm, xmm, xmm/m64"                        AVX
                 or "EVEX.LLIG.F2.0F.W1 5D /r"              RVM  "w xmm{kz}, xmm, xmm/m64{sae}"               AVX512F;
    VMAXPS          "VEX.128/256.0F.WIG 5F /r"              RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.0F.W0 5F /r"          RVM  "w vec{kz}, vec, vec/m/b32{sae}"             AVX512F;
    VMAXPD          "VEX.128/256.66.0F.WIG 5F /r"           RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F.W1 5F /r"       RVM  "w vec{kz}, vec, vec/m/b64{sae}"             AVX512F;
    VMAXSS          "VEX.LIG.F3.0F.WIG 5F /r"               RVM  "w xmm, xmm, xmm/m32"                        AVX
                 or "EVEX.LLIG.F3.0F.W0 5F /r"              RVM  "w xmm{kz}, xmm, xmm/m32{sae}"               AVX512F;
    VMAXSD          "VEX.LIG.F2.0F.WIG 5F /r"               RVM  "w xmm, xmm, xmm/m64"                        AVX
                 or "EVEX.LLIG.F2.0F.W1 5F /r"              RVM  "w xmm{kz}, xmm, xmm/m64{sae}"               AVX512F;
    VSQRTPS         "VEX.128/256.0F.WIG 51 /r"              RM   "w vec, vec/m"                               AVX
                 or "EVEX.128/256/512.0F.W0 51 /r"          RM   "w vec{kz}, vec/m/b32{er}"                   AVX512F;
    VSQRTPD         "VEX.128/256.66.0F.WIG 51 /r"           RM   "w vec, vec/m"                               AVX
                 or "EVEX.128/256/512.66.0F.W1 51 /r"       RM   "w vec{kz}, vec/m/b64{er}"                   AVX512F;
    VSQRTSS         "VEX.LIG.F3.0F.WIG 51 /r"               RVM  "w xmm, xmm, xmm/m32"                        AVX
                 or "EVEX.LLIG.F3.0F.W0 51 /r"              RVM  "w xmm{kz}, xmm, xmm/m32{er}"                AVX512F;
    VSQRTSD         "VEX.LIG.F2.0F.WIG 51 /r"               RVM  "w xmm, xmm, xmm/m64"                        AVX
                 or "EVEX.LLIG.F2.0F.W1 51 /r"              RVM  "w xmm{kz}, xmm, xmm/m64{er}"                AVX512F;

    // Fused multiply-add: 132 is a*c+b, 213 is b*a+c, 231 is b*c+a.
    VFMADD132PS     "VEX.128/256.66.0F38.W0 98 /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W0 98 /r"     RVM  "rw vec{kz}, vec, vec/m/b32{er}"             AVX512F;
    VFMADD213PS     "VEX.128/256.66.0F38.W0 A8 /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W0 A8 /r"     RVM  "rw vec{kz}, vec, vec/m/b32{er}"             AVX512F;
    VFMADD231PS     "VEX.128/256.66.0F38.W0 B8 /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W0 B8 /r"     RVM  "rw vec{kz}, vec, vec/m/b32{er}"             AVX512F;
    VFMADD132PD     "VEX.128/256.66.0F38.W1 98 /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W1 98 /r"     RVM  "rw vec{kz}, vec, vec/m/b64{er}"             AVX512F;
    VFMADD213PD     "VEX.128/256.66.0F38.W1 A8 /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W1 A8 /r"     RVM  "rw vec{kz}, vec, vec/m/b64{er}"             AVX512F;
    VFMADD231PD     "VEX.128/256.66.0F38.W1 B8 /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W1 B8 /r"     RVM  "rw vec{kz}, vec, vec/m/b64{er}"             AVX512F;
    VFMADD132SS     "VEX.LIG.66.0F38.W0 99 /r"              RVM  "rw xmm, xmm, xmm/m32"                       FMA
                 or "EVEX.LLIG.66.0F38.W0 99 /r"            RVM  "rw xmm{kz}, xmm, xmm/m32{er}"               AVX512F;
    VFMADD213SS     "VEX.LIG.66.0F38.W0 A9 /r"              RVM  "rw xmm, xmm, xmm/m32"                       FMA
                 or "EVEX.LLIG.66.0F38.W0 A9 /r"            RVM  "rw xmm{kz}, xmm, xmm/m32{er}"               AVX512F;
    VFMADD231SS     "VEX.LIG.66.0F38.W0 B9 /r"              RVM  "rw xmm, xmm, xmm/m32"                       FMA
                 or "EVEX.LLIG.66.0F38.W0 B9 /r"            RVM  "rw xmm{kz}, xmm, xmm/m32{er}"               AVX512F;
    VFMADD132SD     "VEX.LIG.66.0F38.W1 99 /r"              RVM  "rw xmm, xmm, xmm/m64"                       FMA
                 or "EVEX.LLIG.66.0F38.W1 99 /r"            RVM  "rw xmm{kz}, xmm, xmm/m64{er}"               AVX512F;
    VFMADD213SD     "VEX.LIG.66.0F38.W1 A9 /r"              RVM  "rw xmm, xmm, xmm/m64"                       FMA
                 or "EVEX.LLIG.66.0F38.W1 A9 /r"            RVM  "rw xmm{kz}, xmm, xmm/m64{er}"               AVX512F;
    VFMADD231SD     "VEX.LIG.66.0F38.W1 B9 /r"              RVM  "rw xmm, xmm, xmm/m64"                       FMA
                 or "EVEX.LLIG.66.0F38.W1 B9 /r"            RVM  "rw xmm{kz}, xmm, xmm/m64{er}"               AVX512F;
    VFMSUB132PS     "VEX.128/256.66.0F38.W0 9A /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W0 9A /r"     RVM  "rw vec{kz}, vec, vec/m/b32{er}"             AVX512F;
    VFMSUB213PS     "VEX.128/256.66.0F38.W0 AA /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W0 AA /r"     RVM  "rw vec{kz}, vec, vec/m/b32{er}"             AVX512F;
    VFMSUB231PS     "VEX.128/256.66.0F38.W0 BA /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W0 BA /r"     RVM  "rw vec{kz}, vec, vec/m/b32{er}"             AVX512F;
    VFMSUB132PD     "VEX.128/256.66.0F38.W1 9A /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W1 9A /r"     RVM  "rw vec{kz}, vec, vec/m/b64{er}"             AVX512F;
    VFMSUB213PD     "VEX.128/256.66.0F38.W1 AA /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W1 AA /r"     RVM  "rw vec{kz}, vec, vec/m/b64{er}"             AVX512F;
    VFMSUB231PD     "VEX.128/256.66.0F38.W1 BA /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W1 BA /r"     RVM  "rw vec{kz}, vec, vec/m/b64{er}"             AVX512F;
    VFMSUB132SS     "VEX.LIG.66.0F38.W0 9B /r"              RVM  "rw xmm, xmm, xmm/m32"                       FMA
                 or "EVEX.LLIG.66.0F38.W0 9B /r"            RVM  "rw xmm{kz}, xmm, xmm/m32{er}"               AVX512F;
    VFMSUB213SS     "VEX.LIG.66.0F38.W0 AB /r"              RVM  "rw xmm, xmm, xmm/m32"                       FMA
                 or "EVEX.LLIG.66.0F38.W0 AB /r"            RVM  "rw xmm{kz}, xmm, xmm/m32{er}"               AVX512F;
    VFMSUB231SS     "VEX.LIG.66.0F38.W0 BB /r"              RVM  "rw xmm, xmm, xmm/m32"                       FMA
                 or "EVEX.LLIG.66.0F38.W0 BB /r"            RVM  "rw xmm{kz}, xmm, xmm/m32{er}"               AVX512F;
    VFMSUB132SD     "VEX.LIG.66.0F38.W1 9B /r"              RVM  "rw xmm, xmm, xmm/m64"                       FMA
                 or "EVEX.LLIG.66.0F38.W1 9B /r"            RVM  "rw xmm{kz}, xmm, xmm/m64{er}"               AVX512F;
    VFMSUB213SD     "VEX.LIG.66.0F38.W1 AB /r"              RVM  "rw xmm, xmm, xmm/m64"                       FMA
                 or "EVEX.LLIG.66.0F38.W1 AB /r"            RVM  "rw xmm{kz}, xmm, xmm/m64{er}"               AVX512F;
    VFMSUB231SD     "VEX.LIG.66.0F38.W1 BB /r"              RVM  "rw xmm, xmm, xmm/m64"                       FMA
                 or "EVEX.LLIG.66.0F38.W1 BB /r"            RVM  "rw xmm{kz}, xmm, xmm/m64{er}"               AVX512F;
    VFNMADD132PS    "VEX.128/256.66.0F38.W0 9C /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W0 9C /r"     RVM  "rw vec{kz}, vec, vec/m/b32{er}"             AVX512F;
    VFNMADD213PS    "VEX.128/256.66.0F38.W0 AC /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W0 AC /r"     RVM  "rw vec{kz}, vec, vec/m/b32{er}"             AVX512F;
    VFNMADD231PS    "VEX.128/256.66.0F38.W0 BC /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W0 BC /r"     RVM  "rw vec{kz}, vec, vec/m/b32{er}"             AVX512F;
    VFNMADD132PD    "VEX.128/256.66.0F38.W1 9C /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W1 9C /r"     RVM  "rw vec{kz}, vec, vec/m/b64{er}"             AVX512F;
    VFNMADD213PD    "VEX.128/256.66.0F38.W1 AC /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W1 AC /r"     RVM  "rw vec{kz}, vec, vec/m/b64{er}"             AVX512F;
    VFNMADD231PD    "VEX.128/256.66.0F38.W1 BC /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W1 BC /r"     RVM  "rw vec{kz}, vec, vec/m/b64{er}"             AVX512F;
    VFNMADD132SS    "VEX.LIG.66.0F38.W0 9D /r"              RVM  "rw xmm, xmm, xmm/m32"                       FMA
                 or "EVEX.LLIG.66.0F38.W0 9D /r"            RVM  "rw xmm{kz}, xmm, xmm/m32{er}"               AVX512F;
    VFNMADD213SS    "VEX.LIG.66.0F38.W0 AD /r"              RVM  "rw xmm, xmm, xmm/m32"                       FMA
                 or "EVEX.LLIG.66.0F38.W0 AD /r"            RVM  "rw xmm{kz}, xmm, xmm/m32{er}"               AVX512F;
    VFNMADD231SS    "VEX.LIG.66.0F38.W0 BD /r"              RVM  "rw xmm, xmm, xmm/m32"                       FMA
                 or "EVEX.LLIG.66.0F38.W0 BD /r"            RVM  "rw xmm{kz}, xmm, xmm/m32{er}"               AVX512F;
    VFNMADD132SD    "VEX.LIG.66.0F38.W1 9D /r"              RVM  "rw xmm, xmm, xmm/m64"                       FMA
                 or "EVEX.LLIG.66.0F38.W1 9D /r"            RVM  "rw xmm{kz}, xmm, xmm/m64{er}"               AVX512F;
    VFNMADD213SD    "VEX.LIG.66.0F38.W1 AD /r"              RVM  "rw xmm, xmm, xmm/m64"                       FMA
                 or "EVEX.LLIG.66.0F38.W1 AD /r"            RVM  "rw xmm{kz}, xmm, xmm/m64{er}"               AVX512F;
    VFNMADD231SD    "VEX.LIG.66.0F38.W1 BD /r"              RVM  "rw xmm, xmm, xmm/m64"                       FMA
                 or "EVEX.LLIG.66.0F38.W1 BD /r"            RVM  "rw xmm{kz}, xmm, xmm/m64{er}"               AVX512F;
    VFNMSUB132PS    "VEX.128/256.66.0F38.W0 9E /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W0 9E /r"     RVM  "rw vec{kz}, vec, vec/m/b32{er}"             AVX512F;
    VFNMSUB213PS    "VEX.128/256.66.0F38.W0 AE /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W0 AE /r"     RVM  "rw vec{kz}, vec, vec/m/b32{er}"             AVX512F;
    VFNMSUB231PS    "VEX.128/256.66.0F38.W0 BE /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W0 BE /r"     RVM  "rw vec{kz}, vec, vec/m/b32{er}"             AVX512F;
    VFNMSUB132PD    "VEX.128/256.66.0F38.W1 9E /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W1 9E /r"     RVM  "rw vec{kz}, vec, vec/m/b64{er}"             AVX512F;
    VFNMSUB213PD    "VEX.128/256.66.0F38.W1 AE /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W1 AE /r"     RVM  "rw vec{kz}, vec, vec/m/b64{er}"             AVX512F;
    VFNMSUB231PD    "VEX.128/256.66.0F38.W1 BE /r"          RVM  "rw vec, vec, vec/m"                         FMA
                 or "EVEX.128/256/512.66.0F38.W1 BE /r"     RVM  "rw vec{kz}, vec, vec/m/b64{er}"             AVX512F;
    VFNMSUB132SS    "VEX.LIG.66.0F38.W0 9F /r"              RVM  "rw xmm, xmm, xmm/m32"                       FMA
                 or "EVEX.LLIG.66.0F38.W0 9F /r"            RVM  "rw xmm{kz}, xmm, xmm/m32{er}"               AVX512F;
    VFNMSUB213SS    "VEX.LIG.66.0F38.W0 AF /r"              RVM  "rw xmm, xmm, xmm/m32"                       FMA
                 or "EVEX.LLIG.66.0F38.W0 AF /r"            RVM  "rw xmm{kz}, xmm, xmm/m32{er}"               AVX512F;
    VFNMSUB231SS    "VEX.LIG.66.0F38.W0 BF /r"              RVM  "rw xmm, xmm, xmm/m32"                       FMA
                 or "EVEX.LLIG.66.0F38.W0 BF /r"            RVM  "rw xmm{kz}, xmm, xmm/m32{er}"               AVX512F;
    VFNMSUB132SD    "VEX.LIG.66.0F38.W1 9F /r"              RVM  "rw xmm, xmm, xmm/m64"                       FMA
                 or "EVEX.LLIG.66.0F38.W1 9F /r"            RVM  "rw xmm{kz}, xmm, xmm/m64{er}"               AVX512F;
    VFNMSUB213SD    "VEX.LIG.66.0F38.W1 AF /r"              RVM  "rw xmm, xmm, xmm/m64"                       FMA
                 or "EVEX.LLIG.66.0F38.W1 AF /r"            RVM  "rw xmm{kz}, xmm, xmm/m64{er}"               AVX512F;
    VFNMSUB231SD    "VEX.LIG.66.0F38.W1 BF /r"              RVM  "rw xmm, xmm, xmm/m64"                       FMA
                 or "EVEX.LLIG.66.0F38.W1 BF /r"            RVM  "rw xmm{kz}, xmm, xmm/m64{er}"               AVX512F;

    // Float bits.
    VANDPS          "VEX.128/256.0F.WIG 54 /r"              RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.0F.W0 54 /r"          RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512DQ;
    VANDPD          "VEX.128/256.66.0F.WIG 54 /r"           RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F.W1 54 /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512DQ;
    VANDNPS         "VEX.128/256.0F.WIG 55 /r"              RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.0F.W0 55 /r"          RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512DQ;
    VANDNPD         "VEX.128/256.66.0F.WIG 55 /r"           RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F.W1 55 /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512DQ;
    VORPS           "VEX.128/256.0F.WIG 56 /r"              RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.0F.W0 56 /r"          RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512DQ;
    VORPD           "VEX.128/256.66.0F.WIG 56 /r"           RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F.W1 56 /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512DQ;
    VXORPS          "VEX.128/256.0F.WIG 57 /r"              RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.0F.W0 57 /r"          RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512DQ;
    VXORPD          "VEX.128/256.66.0F.WIG 57 /r"           RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F.W1 57 /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512DQ;

    // Float comparison: to a vector of all ones or zeros, to a mask, to flags.
    VCMPPS          "VEX.128/256.0F.WIG C2 /r ib"           RVMI "w vec, vec, vec/m, imm8"                    AVX
                 or "EVEX.128/256/512.0F.W0 C2 /r ib"       RVMI "w k{k}, vec, vec/m/b32{sae}, imm8"          AVX512F;
    VCMPPD          "VEX.128/256.66.0F.WIG C2 /r ib"        RVMI "w vec, vec, vec/m, imm8"                    AVX
                 or "EVEX.128/256/512.66.0F.W1 C2 /r ib"    RVMI "w k{k}, vec, vec/m/b64{sae}, imm8"          AVX512F;
    VCMPSS          "VEX.LIG.F3.0F.WIG C2 /r ib"            RVMI "w xmm, xmm, xmm/m32, imm8"                  AVX
                 or "EVEX.LLIG.F3.0F.W0 C2 /r ib"           RVMI "w k{k}, xmm, xmm/m32{sae}, imm8"            AVX512F;
    VCMPSD          "VEX.LIG.F2.0F.WIG C2 /r ib"            RVMI "w xmm, xmm, xmm/m64, imm8"                  AVX
                 or "EVEX.LLIG.F2.0F.W1 C2 /r ib"           RVMI "w k{k}, xmm, xmm/m64{sae}, imm8"            AVX512F;
    VUCOMISS        "VEX.LIG.0F.WIG 2E /r"                  RM   "xmm, xmm/m32, <w flags>"                    AVX
                 or "EVEX.LLIG.0F.W0 2E /r"                 RM   "xmm, xmm/m32{sae}, <w flags>"               AVX512F;
    VUCOMISD        "VEX.LIG.66.0F.WIG 2E /r"               RM   "xmm, xmm/m64, <w flags>"                    AVX
                 or "EVEX.LLIG.66.0F.W1 2E /r"              RM   "xmm, xmm/m64{sae}, <w flags>"               AVX512F;
    VCOMISS         "VEX.LIG.0F.WIG 2F /r"                  RM   "xmm, xmm/m32, <w flags>"                    AVX
                 or "EVEX.LLIG.0F.W0 2F /r"                 RM   "xmm, xmm/m32{sae}, <w flags>"               AVX512F;
    VCOMISD         "VEX.LIG.66.0F.WIG 2F /r"               RM   "xmm, xmm/m64, <w flags>"                    AVX
                 or "EVEX.LLIG.66.0F.W1 2F /r"              RM   "xmm, xmm/m64{sae}, <w flags>"               AVX512F;
    VFPCLASSPS      "EVEX.128/256/512.66.0F3A.W0 66 /r ib"  RMI  "w k{k}, vec/m/b32, imm8"                    AVX512DQ;
    VFPCLASSPD      "EVEX.128/256/512.66.0F3A.W1 66 /r ib"  RMI  "w k{k}, vec/m/b64, imm8"                    AVX512DQ;
    VFPCLASSSS      "EVEX.LLIG.66.0F3A.W0 67 /r ib"         RMI  "w k{k}, xmm/m32, imm8"                      AVX512DQ;
    VFPCLASSSD      "EVEX.LLIG.66.0F3A.W1 67 /r ib"         RMI  "w k{k}, xmm/m64, imm8"                      AVX512DQ;
    VTESTPS         "VEX.128/256.66.0F38.W0 0E /r"          RM   "vec, vec/m, <w flags>"                      AVX;
    VTESTPD         "VEX.128/256.66.0F38.W0 0F /r"          RM   "vec, vec/m, <w flags>"                      AVX;
    VMOVMSKPS       "VEX.128/256.0F.WIG 50 /r"              RM   "w r32, vec"                                 AVX;
    VMOVMSKPD       "VEX.128/256.66.0F.WIG 50 /r"           RM   "w r32, vec"                                 AVX;

    // Float rounding, exponents, special cases.
    VROUNDPS        "VEX.128/256.66.0F3A.WIG 08 /r ib"      RMI  "w vec, vec/m, imm8"                         AVX;
    VRNDSCALEPS     "EVEX.128/256/512.66.0F3A.W0 08 /r ib"  RMI  "w vec{kz}, vec/m/b32{sae}, imm8"            AVX512F;
    VROUNDPD        "VEX.128/256.66.0F3A.WIG 09 /r ib"      RMI  "w vec, vec/m, imm8"                         AVX;
    VRNDSCALEPD     "EVEX.128/256/512.66.0F3A.W1 09 /r ib"  RMI  "w vec{kz}, vec/m/b64{sae}, imm8"            AVX512F;
    VROUNDSS        "VEX.LIG.66.0F3A.WIG 0A /r ib"          RVMI "w xmm, xmm, xmm/m32, imm8"                  AVX;
    VRNDSCALESS     "EVEX.LLIG.66.0F3A.W0 0A /r ib"         RVMI "w xmm{kz}, xmm, xmm/m32{sae}, imm8"         AVX512F;
    VROUNDSD        "VEX.LIG.66.0F3A.WIG 0B /r ib"          RVMI "w xmm, xmm, xmm/m64, imm8"                  AVX;
    VRNDSCALESD     "EVEX.LLIG.66.0F3A.W1 0B /r ib"         RVMI "w xmm{kz}, xmm, xmm/m64{sae}, imm8"         AVX512F;
    VGETEXPPS       "EVEX.128/256/512.66.0F38.W0 42 /r"     RM   "w vec{kz}, vec/m/b32{sae}"                  AVX512F;
    VGETEXPPD       "EVEX.128/256/512.66.0F38.W1 42 /r"     RM   "w vec{kz}, vec/m/b64{sae}"                  AVX512F;
    VGETEXPSS       "EVEX.LLIG.66.0F38.W0 43 /r"            RVM  "w xmm{kz}, xmm, xmm/m32{sae}"               AVX512F;
    VGETEXPSD       "EVEX.LLIG.66.0F38.W1 43 /r"            RVM  "w xmm{kz}, xmm, xmm/m64{sae}"               AVX512F;
    VGETMANTPS      "EVEX.128/256/512.66.0F3A.W0 26 /r ib"  RMI  "w vec{kz}, vec/m/b32{sae}, imm8"            AVX512F;
    VGETMANTPD      "EVEX.128/256/512.66.0F3A.W1 26 /r ib"  RMI  "w vec{kz}, vec/m/b64{sae}, imm8"            AVX512F;
    VGETMANTSS      "EVEX.LLIG.66.0F3A.W0 27 /r ib"         RVMI "w xmm{kz}, xmm, xmm/m32{sae}, imm8"         AVX512F;
    VGETMANTSD      "EVEX.LLIG.66.0F3A.W1 27 /r ib"         RVMI "w xmm{kz}, xmm, xmm/m64{sae}, imm8"         AVX512F;
    VREDUCEPS       "EVEX.128/256/512.66.0F3A.W0 56 /r ib"  RMI  "w vec{kz}, vec/m/b32{sae}, imm8"            AVX512DQ;
    VREDUCEPD       "EVEX.128/256/512.66.0F3A.W1 56 /r ib"  RMI  "w vec{kz}, vec/m/b64{sae}, imm8"            AVX512DQ;
    VREDUCESS       "EVEX.LLIG.66.0F3A.W0 57 /r ib"         RVMI "w xmm{kz}, xmm, xmm/m32{sae}, imm8"         AVX512DQ;
    VREDUCESD       "EVEX.LLIG.66.0F3A.W1 57 /r ib"         RVMI "w xmm{kz}, xmm, xmm/m64{sae}, imm8"         AVX512DQ;
    VSCALEFPS       "EVEX.128/256/512.66.0F38.W0 2C /r"     RVM  "w vec{kz}, vec, vec/m/b32{er}"              AVX512F;
    VFIXUPIMMPS     "EVEX.128/256/512.66.0F3A.W0 54 /r ib"  RVMI "rw vec{kz}, vec, vec/m/b32{sae}, imm8"      AVX512F;
    VSCALEFPD       "EVEX.128/256/512.66.0F38.W1 2C /r"     RVM  "w vec{kz}, vec, vec/m/b64{er}"              AVX512F;
    VFIXUPIMMPD     "EVEX.128/256/512.66.0F3A.W1 54 /r ib"  RVMI "rw vec{kz}, vec, vec/m/b64{sae}, imm8"      AVX512F;
    VSCALEFSS       "EVEX.LLIG.66.0F38.W0 2D /r"            RVM  "w xmm{kz}, xmm, xmm/m32{er}"                AVX512F;
    VFIXUPIMMSS     "EVEX.LLIG.66.0F3A.W0 55 /r ib"         RVMI "rw xmm{kz}, xmm, xmm/m32{sae}, imm8"        AVX512F;
    VSCALEFSD       "EVEX.LLIG.66.0F38.W1 2D /r"            RVM  "w xmm{kz}, xmm, xmm/m64{er}"                AVX512F;
    VFIXUPIMMSD     "EVEX.LLIG.66.0F3A.W1 55 /r ib"         RVMI "rw xmm{kz}, xmm, xmm/m64{sae}, imm8"        AVX512F;

    // Choosing lanes. A vector mask is the sign of each lane.
    VBLENDVPS       "VEX.128/256.66.0F3A.W0 4A /r /is4"     RVMS "w vec, vec, vec/m, vec"                     AVX;
    VBLENDVPD       "VEX.128/256.66.0F3A.W0 4B /r /is4"     RVMS "w vec, vec, vec/m, vec"                     AVX;
    VPBLENDVB       "VEX.128/256.66.0F3A.W0 4C /r /is4"     RVMS "w vec, vec, vec/m, vec"                     AVX2;
    VBLENDPS        "VEX.128/256.66.0F3A.WIG 0C /r ib"      RVMI "w vec, vec, vec/m, imm8"                    AVX;
    VBLENDPD        "VEX.128/256.66.0F3A.WIG 0D /r ib"      RVMI "w vec, vec, vec/m, imm8"                    AVX;
    VPBLENDD        "VEX.128/256.66.0F3A.W0 02 /r ib"       RVMI "w vec, vec, vec/m, imm8"                    AVX2;
    VPBLENDW        "VEX.128/256.66.0F3A.WIG 0E /r ib"      RVMI "w vec, vec, vec/m, imm8"                    AVX2;
    VBLENDMPS       "EVEX.128/256/512.66.0F38.W0 65 /r"     RVM  "w vec{k?}, vec, vec/m/b32"                  AVX512F;
    VBLENDMPD       "EVEX.128/256/512.66.0F38.W1 65 /r"     RVM  "w vec{k?}, vec, vec/m/b64"                  AVX512F;
    VPBLENDMD       "EVEX.128/256/512.66.0F38.W0 64 /r"     RVM  "w vec{k?}, vec, vec/m/b32"                  AVX512F;
    VPBLENDMQ       "EVEX.128/256/512.66.0F38.W1 64 /r"     RVM  "w vec{k?}, vec, vec/m/b64"                  AVX512F;
    VPBLENDMB       "EVEX.128/256/512.66.0F38.W0 66 /r"     RVM  "w vec{k?}, vec, vec/m"                      AVX512BW;
    VPBLENDMW       "EVEX.128/256/512.66.0F38.W1 66 /r"     RVM  "w vec{k?}, vec, vec/m"                      AVX512BW;

    // Conversion between floats and 32-bit integers.
    VCVTDQ2PS       "VEX.128/256.0F.WIG 5B /r"              RM   "w vec, vec/m"                               AVX
                 or "EVEX.128/256/512.0F.W0 5B /r"          RM   "w vec{kz}, vec/m/b32{er}"                   AVX512F;
    VCVTPS2DQ       "VEX.128/256.66.0F.WIG 5B /r"           RM   "w vec, vec/m"                               AVX
                 or "EVEX.128/256/512.66.0F.W0 5B /r"       RM   "w vec{kz}, vec/m/b32{er}"                   AVX512F;
    VCVTTPS2DQ      "VEX.128/256.F3.0F.WIG 5B /r"           RM   "w vec, vec/m"                               AVX
                 or "EVEX.128/256/512.F3.0F.W0 5B /r"       RM   "w vec{kz}, vec/m/b32{sae}"                  AVX512F;
    VCVTDQ2PD       "VEX.128/256.F3.0F.WIG E6 /r"           RM   "w vec, half/m"                              AVX
                 or "EVEX.128/256/512.F3.0F.W0 E6 /r"       RM   "w vec{kz}, half/m/b32"                      AVX512F;
    VCVTPD2DQ       "VEX.128/256.F2.0F.WIG E6 /r"           RM   "w half, vec/m"                              AVX
                 or "EVEX.128/256/512.F2.0F.W1 E6 /r"       RM   "w half{kz}, vec/m/b64{er}"                  AVX512F;
    VCVTTPD2DQ      "VEX.128/256.66.0F.WIG E6 /r"           RM   "w half, vec/m"                              AVX
                 or "EVEX.128/256/512.66.0F.W1 E6 /r"       RM   "w half{kz}, vec/m/b64{sae}"                 AVX512F;
    VCVTUDQ2PS      "EVEX.128/256/512.F2.0F.W0 7A /r"       RM   "w vec{kz}, vec/m/b32{er}"                   AVX512F;
    VCVTPS2UDQ      "EVEX.128/256/512.0F.W0 79 /r"          RM   "w vec{kz}, vec/m/b32{er}"                   AVX512F;
    VCVTTPS2UDQ     "EVEX.128/256/512.0F.W0 78 /r"          RM   "w vec{kz}, vec/m/b32{sae}"                  AVX512F;
    VCVTUDQ2PD      "EVEX.128/256/512.F3.0F.W0 7A /r"       RM   "w vec{kz}, half/m/b32"                      AVX512F;
    VCVTPD2UDQ      "EVEX.128/256/512.0F.W1 79 /r"          RM   "w half{kz}, vec/m/b64{er}"                  AVX512F;
    VCVTTPD2UDQ     "EVEX.128/256/512.0F.W1 78 /r"          RM   "w half{kz}, vec/m/b64{sae}"                 AVX512F;

    // Conversion between floats and 64-bit integers.
    VCVTQQ2PS       "EVEX.128/256/512.0F.W1 5B /r"          RM   "w half{kz}, vec/m/b64{er}"                  AVX512DQ;
    VCVTUQQ2PS      "EVEX.128/256/512.F2.0F.W1 7A /r"       RM   "w half{kz}, vec/m/b64{er}"                  AVX512DQ;
    VCVTQQ2PD       "EVEX.128/256/512.F3.0F.W1 E6 /r"       RM   "w vec{kz}, vec/m/b64{er}"                   AVX512DQ;
    VCVTUQQ2PD      "EVEX.128/256/512.F3.0F.W1 7A /r"       RM   "w vec{kz}, vec/m/b64{er}"                   AVX512DQ;
    VCVTPS2QQ       "EVEX.128/256/512.66.0F.W0 7B /r"       RM   "w vec{kz}, half/m/b32{er}"                  AVX512DQ;
    VCVTPS2UQQ      "EVEX.128/256/512.66.0F.W0 79 /r"       RM   "w vec{kz}, half/m/b32{er}"                  AVX512DQ;
    VCVTTPS2QQ      "EVEX.128/256/512.66.0F.W0 7A /r"       RM   "w vec{kz}, half/m/b32{sae}"                 AVX512DQ;
    VCVTTPS2UQQ     "EVEX.128/256/512.66.0F.W0 78 /r"       RM   "w vec{kz}, half/m/b32{sae}"                 AVX512DQ;
    VCVTPD2QQ       "EVEX.128/256/512.66.0F.W1 7B /r"       RM   "w vec{kz}, vec/m/b64{er}"                   AVX512DQ;
    VCVTPD2UQQ      "EVEX.128/256/512.66.0F.W1 79 /r"       RM   "w vec{kz}, vec/m/b64{er}"                   AVX512DQ;
    VCVTTPD2QQ      "EVEX.128/256/512.66.0F.W1 7A /r"       RM   "w vec{kz}, vec/m/b64{sae}"                  AVX512DQ;
    VCVTTPD2UQQ     "EVEX.128/256/512.66.0F.W1 78 /r"       RM   "w vec{kz}, vec/m/b64{sae}"                  AVX512DQ;

    // Conversion between floats.
    VCVTPS2PD       "VEX.128/256.0F.WIG 5A /r"              RM   "w vec, half/m"                              AVX
                 or "EVEX.128/256/512.0F.W0 5A /r"          RM   "w vec{kz}, half/m/b32{sae}"                 AVX512F;
    VCVTPD2PS       "VEX.128/256.66.0F.WIG 5A /r"           RM   "w half, vec/m"                              AVX
                 or "EVEX.128/256/512.66.0F.W1 5A /r"       RM   "w half{kz}, vec/m/b64{er}"                  AVX512F;
    VCVTPH2PS       "VEX.128/256.66.0F38.W0 13 /r"          RM   "w vec, half/m"                              F16C
                 or "EVEX.128/256/512.66.0F38.W0 13 /r"     RM   "w vec{kz}, half/m{sae}"                     AVX512F;
    VCVTPS2PH       "VEX.128/256.66.0F3A.W0 1D /r ib"       MRI  "w half/m, vec, imm8"                        F16C
                 or "EVEX.128/256/512.66.0F3A.W0 1D /r ib"  MRI  "w half{kz}, vec{sae}, imm8"                 AVX512F
                 or "EVEX.128/256/512.66.0F3A.W0 1D /r ib"  MRI  "w mhalf{k}, vec, imm8"                      AVX512F;
    VCVTSS2SD       "VEX.LIG.F3.0F.WIG 5A /r"               RVM  "w xmm, xmm, xmm/m32"                        AVX
                 or "EVEX.LLIG.F3.0F.W0 5A /r"              RVM  "w xmm{kz}, xmm, xmm/m32{sae}"               AVX512F;
    VCVTSD2SS       "VEX.LIG.F2.0F.WIG 5A /r"               RVM  "w xmm, xmm, xmm/m64"                        AVX
                 or "EVEX.LLIG.F2.0F.W1 5A /r"              RVM  "w xmm{kz}, xmm, xmm/m64{er}"                AVX512F;

    // Conversion between scalar floats and general-purpose registers; the size is the integer's.
    VCVTSI2SS       "VEX.LIG.F3.0F.W0 2A /r"                RVM  "w xmm, xmm, r/m"                            AVX
                 or "VEX.LIG.F3.0F.W1 2A /r"                RVM  "w xmm, xmm, r/m"                            AVX
                 or "EVEX.LLIG.F3.0F.W0 2A /r"              RVM  "w xmm, xmm, r/m{er}"                        AVX512F
                 or "EVEX.LLIG.F3.0F.W1 2A /r"              RVM  "w xmm, xmm, r/m{er}"                        AVX512F;
    VCVTUSI2SS      "EVEX.LLIG.F3.0F.W0 7B /r"              RVM  "w xmm, xmm, r/m{er}"                        AVX512F
                 or "EVEX.LLIG.F3.0F.W1 7B /r"              RVM  "w xmm, xmm, r/m{er}"                        AVX512F;
    VCVTSS2SI       "VEX.LIG.F3.0F.W0 2D /r"                RM   "w r, xmm/m32"                               AVX
                 or "VEX.LIG.F3.0F.W1 2D /r"                RM   "w r, xmm/m32"                               AVX
                 or "EVEX.LLIG.F3.0F.W0 2D /r"              RM   "w r, xmm/m32{er}"                           AVX512F
                 or "EVEX.LLIG.F3.0F.W1 2D /r"              RM   "w r, xmm/m32{er}"                           AVX512F;
    VCVTTSS2SI      "VEX.LIG.F3.0F.W0 2C /r"                RM   "w r, xmm/m32"                               AVX
                 or "VEX.LIG.F3.0F.W1 2C /r"                RM   "w r, xmm/m32"                               AVX
                 or "EVEX.LLIG.F3.0F.W0 2C /r"              RM   "w r, xmm/m32{sae}"                          AVX512F
                 or "EVEX.LLIG.F3.0F.W1 2C /r"              RM   "w r, xmm/m32{sae}"                          AVX512F;
    VCVTSS2USI      "EVEX.LLIG.F3.0F.W0 79 /r"              RM   "w r, xmm/m32{er}"                           AVX512F
                 or "EVEX.LLIG.F3.0F.W1 79 /r"              RM   "w r, xmm/m32{er}"                           AVX512F;
    VCVTTSS2USI     "EVEX.LLIG.F3.0F.W0 78 /r"              RM   "w r, xmm/m32{sae}"                          AVX512F
                 or "EVEX.LLIG.F3.0F.W1 78 /r"              RM   "w r, xmm/m32{sae}"                          AVX512F;
    VCVTSI2SD       "VEX.LIG.F2.0F.W0 2A /r"                RVM  "w xmm, xmm, r/m"                            AVX
                 or "VEX.LIG.F2.0F.W1 2A /r"                RVM  "w xmm, xmm, r/m"                            AVX
                 or "EVEX.LLIG.F2.0F.W0 2A /r"              RVM  "w xmm, xmm, r/m"                            AVX512F
                 or "EVEX.LLIG.F2.0F.W1 2A /r"              RVM  "w xmm, xmm, r/m{er}"                        AVX512F;
    VCVTUSI2SD      "EVEX.LLIG.F2.0F.W0 7B /r"              RVM  "w xmm, xmm, r/m"                            AVX512F
                 or "EVEX.LLIG.F2.0F.W1 7B /r"              RVM  "w xmm, xmm, r/m{er}"                        AVX512F;
    VCVTSD2SI       "VEX.LIG.F2.0F.W0 2D /r"                RM   "w r, xmm/m64"                               AVX
                 or "VEX.LIG.F2.0F.W1 2D /r"                RM   "w r, xmm/m64"                               AVX
                 or "EVEX.LLIG.F2.0F.W0 2D /r"              RM   "w r, xmm/m64{er}"                           AVX512F
                 or "EVEX.LLIG.F2.0F.W1 2D /r"              RM   "w r, xmm/m64{er}"                           AVX512F;
    VCVTTSD2SI      "VEX.LIG.F2.0F.W0 2C /r"                RM   "w r, xmm/m64"                               AVX
                 or "VEX.LIG.F2.0F.W1 2C /r"                RM   "w r, xmm/m64"                               AVX
                 or "EVEX.LLIG.F2.0F.W0 2C /r"              RM   "w r, xmm/m64{sae}"                          AVX512F
                 or "EVEX.LLIG.F2.0F.W1 2C /r"              RM   "w r, xmm/m64{sae}"                          AVX512F;
    VCVTSD2USI      "EVEX.LLIG.F2.0F.W0 79 /r"              RM   "w r, xmm/m64{er}"                           AVX512F
                 or "EVEX.LLIG.F2.0F.W1 79 /r"              RM   "w r, xmm/m64{er}"                           AVX512F;
    VCVTTSD2USI     "EVEX.LLIG.F2.0F.W0 78 /r"              RM   "w r, xmm/m64{sae}"                          AVX512F
                 or "EVEX.LLIG.F2.0F.W1 78 /r"              RM   "w r, xmm/m64{sae}"                          AVX512F;

    // Integer sums and differences.
    VPADDB          "VEX.128/256.66.0F.WIG FC /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG FC /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPADDW          "VEX.128/256.66.0F.WIG FD /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG FD /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPADDD          "VEX.128/256.66.0F.WIG FE /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.W0 FE /r"       RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPADDQ          "VEX.128/256.66.0F.WIG D4 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.W1 D4 /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPSUBB          "VEX.128/256.66.0F.WIG F8 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG F8 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPSUBW          "VEX.128/256.66.0F.WIG F9 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG F9 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPSUBD          "VEX.128/256.66.0F.WIG FA /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.W0 FA /r"       RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPSUBQ          "VEX.128/256.66.0F.WIG FB /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.W1 FB /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPADDSW         "VEX.128/256.66.0F.WIG ED /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG ED /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPADDUSW        "VEX.128/256.66.0F.WIG DD /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG DD /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPSUBSW         "VEX.128/256.66.0F.WIG E9 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG E9 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPSUBUSW        "VEX.128/256.66.0F.WIG D9 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG D9 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPAVGB          "VEX.128/256.66.0F.WIG E0 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG E0 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPAVGW          "VEX.128/256.66.0F.WIG E3 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG E3 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;

    // Integer products.
    VPMULLW         "VEX.128/256.66.0F.WIG D5 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG D5 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPMULHW         "VEX.128/256.66.0F.WIG E5 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG E5 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPMULHUW        "VEX.128/256.66.0F.WIG E4 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG E4 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPMADDWD        "VEX.128/256.66.0F.WIG F5 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG F5 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPMULLD         "VEX.128/256.66.0F38.WIG 40 /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W0 40 /r"     RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPMULLQ         "EVEX.128/256/512.66.0F38.W1 40 /r"     RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512DQ;
    VPMULDQ         "VEX.128/256.66.0F38.WIG 28 /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W1 28 /r"     RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPMULUDQ        "VEX.128/256.66.0F.WIG F4 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.W1 F4 /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;

    // Integer minima, maxima, magnitudes.
    VPMINSB         "VEX.128/256.66.0F38.WIG 38 /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 38 /r"    RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPMINSW         "VEX.128/256.66.0F.WIG EA /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG EA /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPMINSD         "VEX.128/256.66.0F38.WIG 39 /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W0 39 /r"     RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPMINSQ         "EVEX.128/256/512.66.0F38.W1 39 /r"     RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPMINUB         "VEX.128/256.66.0F.WIG DA /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG DA /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPMINUW         "VEX.128/256.66.0F38.WIG 3A /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 3A /r"    RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPMINUD         "VEX.128/256.66.0F38.WIG 3B /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W0 3B /r"     RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPMINUQ         "EVEX.128/256/512.66.0F38.W1 3B /r"     RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPMAXSB         "VEX.128/256.66.0F38.WIG 3C /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 3C /r"    RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPMAXSW         "VEX.128/256.66.0F.WIG EE /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG EE /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPMAXSD         "VEX.128/256.66.0F38.WIG 3D /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W0 3D /r"     RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPMAXSQ         "EVEX.128/256/512.66.0F38.W1 3D /r"     RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPMAXUB         "VEX.128/256.66.0F.WIG DE /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG DE /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPMAXUW         "VEX.128/256.66.0F38.WIG 3E /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 3E /r"    RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPMAXUD         "VEX.128/256.66.0F38.WIG 3F /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W0 3F /r"     RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPMAXUQ         "EVEX.128/256/512.66.0F38.W1 3F /r"     RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPABSB          "VEX.128/256.66.0F38.WIG 1C /r"         RM   "w vec, vec/m"                               AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 1C /r"    RM   "w vec{kz}, vec/m"                           AVX512BW;
    VPABSW          "VEX.128/256.66.0F38.WIG 1D /r"         RM   "w vec, vec/m"                               AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 1D /r"    RM   "w vec{kz}, vec/m"                           AVX512BW;
    VPABSD          "VEX.128/256.66.0F38.WIG 1E /r"         RM   "w vec, vec/m"                               AVX2
                 or "EVEX.128/256/512.66.0F38.W0 1E /r"     RM   "w vec{kz}, vec/m/b32"                       AVX512F;
    VPABSQ          "EVEX.128/256/512.66.0F38.W1 1F /r"     RM   "w vec{kz}, vec/m/b64"                       AVX512F;

    // Integer bits.
    VPAND           "VEX.128/256.66.0F.WIG DB /r"           RVM  "w vec, vec, vec/m"                          AVX2;
    VPANDD          "EVEX.128/256/512.66.0F.W0 DB /r"       RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPANDQ          "EVEX.128/256/512.66.0F.W1 DB /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPANDN          "VEX.128/256.66.0F.WIG DF /r"           RVM  "w vec, vec, vec/m"                          AVX2;
    VPANDND         "EVEX.128/256/512.66.0F.W0 DF /r"       RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPANDNQ         "EVEX.128/256/512.66.0F.W1 DF /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPOR            "VEX.128/256.66.0F.WIG EB /r"           RVM  "w vec, vec, vec/m"                          AVX2;
    VPORD           "EVEX.128/256/512.66.0F.W0 EB /r"       RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPORQ           "EVEX.128/256/512.66.0F.W1 EB /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPXOR           "VEX.128/256.66.0F.WIG EF /r"           RVM  "w vec, vec, vec/m"                          AVX2;
    VPXORD          "EVEX.128/256/512.66.0F.W0 EF /r"       RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPXORQ          "EVEX.128/256/512.66.0F.W1 EF /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPTERNLOGD      "EVEX.128/256/512.66.0F3A.W0 25 /r ib"  RVMI "rw vec{kz}, vec, vec/m/b32, imm8"           AVX512F;
    VPTERNLOGQ      "EVEX.128/256/512.66.0F3A.W1 25 /r ib"  RVMI "rw vec{kz}, vec, vec/m/b64, imm8"           AVX512F;
    VPLZCNTD        "EVEX.128/256/512.66.0F38.W0 44 /r"     RM   "w vec{kz}, vec/m/b32"                       AVX512CD;
    VPLZCNTQ        "EVEX.128/256/512.66.0F38.W1 44 /r"     RM   "w vec{kz}, vec/m/b64"                       AVX512CD;

    // Integer shifts by an immediate or by the low quadword of an xmm register.
    VPSLLW          "VEX.128/256.66.0F.WIG 71 /6 ib"        VMI  "w vec, vec, imm8"                           AVX2
                 or "VEX.128/256.66.0F.WIG F1 /r"           RVM  "w vec, vec, xmm/m128"                       AVX2
                 or "EVEX.128/256/512.66.0F.WIG 71 /6 ib"   VMI  "w vec{kz}, vec/m, imm8"                     AVX512BW
                 or "EVEX.128/256/512.66.0F.WIG F1 /r"      RVM  "w vec{kz}, vec, xmm/m128"                   AVX512BW;
    VPSLLD          "VEX.128/256.66.0F.WIG 72 /6 ib"        VMI  "w vec, vec, imm8"                           AVX2
                 or "VEX.128/256.66.0F.WIG F2 /r"           RVM  "w vec, vec, xmm/m128"                       AVX2
                 or "EVEX.128/256/512.66.0F.W0 72 /6 ib"    VMI  "w vec{kz}, vec/m/b32, imm8"                 AVX512F
                 or "EVEX.128/256/512.66.0F.W0 F2 /r"       RVM  "w vec{kz}, vec, xmm/m128"                   AVX512F;
    VPSLLQ          "VEX.128/256.66.0F.WIG 73 /6 ib"        VMI  "w vec, vec, imm8"                           AVX2
                 or "VEX.128/256.66.0F.WIG F3 /r"           RVM  "w vec, vec, xmm/m128"                       AVX2
                 or "EVEX.128/256/512.66.0F.W1 73 /6 ib"    VMI  "w vec{kz}, vec/m/b64, imm8"                 AVX512F
                 or "EVEX.128/256/512.66.0F.W1 F3 /r"       RVM  "w vec{kz}, vec, xmm/m128"                   AVX512F;
    VPSRLW          "VEX.128/256.66.0F.WIG 71 /2 ib"        VMI  "w vec, vec, imm8"                           AVX2
                 or "VEX.128/256.66.0F.WIG D1 /r"           RVM  "w vec, vec, xmm/m128"                       AVX2
                 or "EVEX.128/256/512.66.0F.WIG 71 /2 ib"   VMI  "w vec{kz}, vec/m, imm8"                     AVX512BW
                 or "EVEX.128/256/512.66.0F.WIG D1 /r"      RVM  "w vec{kz}, vec, xmm/m128"                   AVX512BW;
    VPSRLD          "VEX.128/256.66.0F.WIG 72 /2 ib"        VMI  "w vec, vec, imm8"                           AVX2
                 or "VEX.128/256.66.0F.WIG D2 /r"           RVM  "w vec, vec, xmm/m128"                       AVX2
                 or "EVEX.128/256/512.66.0F.W0 72 /2 ib"    VMI  "w vec{kz}, vec/m/b32, imm8"                 AVX512F
                 or "EVEX.128/256/512.66.0F.W0 D2 /r"       RVM  "w vec{kz}, vec, xmm/m128"                   AVX512F;
    VPSRLQ          "VEX.128/256.66.0F.WIG 73 /2 ib"        VMI  "w vec, vec, imm8"                           AVX2
                 or "VEX.128/256.66.0F.WIG D3 /r"           RVM  "w vec, vec, xmm/m128"                       AVX2
                 or "EVEX.128/256/512.66.0F.W1 73 /2 ib"    VMI  "w vec{kz}, vec/m/b64, imm8"                 AVX512F
                 or "EVEX.128/256/512.66.0F.W1 D3 /r"       RVM  "w vec{kz}, vec, xmm/m128"                   AVX512F;
    VPSRAW          "VEX.128/256.66.0F.WIG 71 /4 ib"        VMI  "w vec, vec, imm8"                           AVX2
                 or "VEX.128/256.66.0F.WIG E1 /r"           RVM  "w vec, vec, xmm/m128"                       AVX2
                 or "EVEX.128/256/512.66.0F.WIG 71 /4 ib"   VMI  "w vec{kz}, vec/m, imm8"                     AVX512BW
                 or "EVEX.128/256/512.66.0F.WIG E1 /r"      RVM  "w vec{kz}, vec, xmm/m128"                   AVX512BW;
    VPSRAD          "VEX.128/256.66.0F.WIG 72 /4 ib"        VMI  "w vec, vec, imm8"                           AVX2
                 or "VEX.128/256.66.0F.WIG E2 /r"           RVM  "w vec, vec, xmm/m128"                       AVX2
                 or "EVEX.128/256/512.66.0F.W0 72 /4 ib"    VMI  "w vec{kz}, vec/m/b32, imm8"                 AVX512F
                 or "EVEX.128/256/512.66.0F.W0 E2 /r"       RVM  "w vec{kz}, vec, xmm/m128"                   AVX512F;
    VPSRAQ          "EVEX.128/256/512.66.0F.W1 72 /4 ib"    VMI  "w vec{kz}, vec/m/b64, imm8"                 AVX512F
                 or "EVEX.128/256/512.66.0F.W1 E2 /r"       RVM  "w vec{kz}, vec, xmm/m128"                   AVX512F;
    VPSLLDQ         "VEX.128/256.66.0F.WIG 73 /7 ib"        VMI  "w vec, vec, imm8"                           AVX2
                 or "EVEX.128/256/512.66.0F.WIG 73 /7 ib"   VMI  "w vec, vec/m, imm8"                         AVX512BW;
    VPSRLDQ         "VEX.128/256.66.0F.WIG 73 /3 ib"        VMI  "w vec, vec, imm8"                           AVX2
                 or "EVEX.128/256/512.66.0F.WIG 73 /3 ib"   VMI  "w vec, vec/m, imm8"                         AVX512BW;

    // Integer shifts and rotations of each lane by its own count.
    VPSLLVW         "EVEX.128/256/512.66.0F38.W1 12 /r"     RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPSLLVD         "VEX.128/256.66.0F38.W0 47 /r"          RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W0 47 /r"     RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPSLLVQ         "VEX.128/256.66.0F38.W1 47 /r"          RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W1 47 /r"     RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPSRLVW         "EVEX.128/256/512.66.0F38.W1 10 /r"     RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPSRLVD         "VEX.128/256.66.0F38.W0 45 /r"          RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W0 45 /r"     RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPSRLVQ         "VEX.128/256.66.0F38.W1 45 /r"          RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W1 45 /r"     RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPSRAVW         "EVEX.128/256/512.66.0F38.W1 11 /r"     RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPSRAVD         "VEX.128/256.66.0F38.W0 46 /r"          RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W0 46 /r"     RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPSRAVQ         "EVEX.128/256/512.66.0F38.W1 46 /r"     RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPROLD          "EVEX.128/256/512.66.0F.W0 72 /1 ib"    VMI  "w vec{kz}, vec/m/b32, imm8"                 AVX512F;
    VPROLVD         "EVEX.128/256/512.66.0F38.W0 15 /r"     RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPROLQ          "EVEX.128/256/512.66.0F.W1 72 /1 ib"    VMI  "w vec{kz}, vec/m/b64, imm8"                 AVX512F;
    VPROLVQ         "EVEX.128/256/512.66.0F38.W1 15 /r"     RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPRORD          "EVEX.128/256/512.66.0F.W0 72 /0 ib"    VMI  "w vec{kz}, vec/m/b32, imm8"                 AVX512F;
    VPRORVD         "EVEX.128/256/512.66.0F38.W0 14 /r"     RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPRORQ          "EVEX.128/256/512.66.0F.W1 72 /0 ib"    VMI  "w vec{kz}, vec/m/b64, imm8"                 AVX512F;
    VPRORVQ         "EVEX.128/256/512.66.0F38.W1 14 /r"     RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;

    // Integer comparison: to a vector of all ones or zeros, to a mask, to flags.
    VPCMPEQB        "VEX.128/256.66.0F.WIG 74 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG 74 /r"      RVM  "w k{k}, vec, vec/m"                         AVX512BW;
    VPCMPEQW        "VEX.128/256.66.0F.WIG 75 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG 75 /r"      RVM  "w k{k}, vec, vec/m"                         AVX512BW;
    VPCMPEQD        "VEX.128/256.66.0F.WIG 76 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.W0 76 /r"       RVM  "w k{k}, vec, vec/m/b32"                     AVX512F;
    VPCMPEQQ        "VEX.128/256.66.0F38.WIG 29 /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W1 29 /r"     RVM  "w k{k}, vec, vec/m/b64"                     AVX512F;
    VPCMPGTB        "VEX.128/256.66.0F.WIG 64 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG 64 /r"      RVM  "w k{k}, vec, vec/m"                         AVX512BW;
    VPCMPGTW        "VEX.128/256.66.0F.WIG 65 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG 65 /r"      RVM  "w k{k}, vec, vec/m"                         AVX512BW;
    VPCMPGTD        "VEX.128/256.66.0F.WIG 66 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.W0 66 /r"       RVM  "w k{k}, vec, vec/m/b32"                     AVX512F;
    VPCMPGTQ        "VEX.128/256.66.0F38.WIG 37 /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W1 37 /r"     RVM  "w k{k}, vec, vec/m/b64"                     AVX512F;
    VPCMPB          "EVEX.128/256/512.66.0F3A.W0 3F /r ib"  RVMI "w k{k}, vec, vec/m, imm8"                   AVX512BW;
    VPCMPUB         "EVEX.128/256/512.66.0F3A.W0 3E /r ib"  RVMI "w k{k}, vec, vec/m, imm8"                   AVX512BW;
    VPCMPW          "EVEX.128/256/512.66.0F3A.W1 3F /r ib"  RVMI "w k{k}, vec, vec/m, imm8"                   AVX512BW;
    VPCMPUW         "EVEX.128/256/512.66.0F3A.W1 3E /r ib"  RVMI "w k{k}, vec, vec/m, imm8"                   AVX512BW;
    VPCMPD          "EVEX.128/256/512.66.0F3A.W0 1F /r ib"  RVMI "w k{k}, vec, vec/m/b32, imm8"               AVX512F;
    VPCMPUD         "EVEX.128/256/512.66.0F3A.W0 1E /r ib"  RVMI "w k{k}, vec, vec/m/b32, imm8"               AVX512F;
    VPCMPQ          "EVEX.128/256/512.66.0F3A.W1 1F /r ib"  RVMI "w k{k}, vec, vec/m/b64, imm8"               AVX512F;
    VPCMPUQ         "EVEX.128/256/512.66.0F3A.W1 1E /r ib"  RVMI "w k{k}, vec, vec/m/b64, imm8"               AVX512F;
    VPTESTMB        "EVEX.128/256/512.66.0F38.W0 26 /r"     RVM  "w k{k}, vec, vec/m"                         AVX512BW;
    VPTESTMW        "EVEX.128/256/512.66.0F38.W1 26 /r"     RVM  "w k{k}, vec, vec/m"                         AVX512BW;
    VPTESTMD        "EVEX.128/256/512.66.0F38.W0 27 /r"     RVM  "w k{k}, vec, vec/m/b32"                     AVX512F;
    VPTESTMQ        "EVEX.128/256/512.66.0F38.W1 27 /r"     RVM  "w k{k}, vec, vec/m/b64"                     AVX512F;
    VPTESTNMB       "EVEX.128/256/512.F3.0F38.W0 26 /r"     RVM  "w k{k}, vec, vec/m"                         AVX512BW;
    VPTESTNMW       "EVEX.128/256/512.F3.0F38.W1 26 /r"     RVM  "w k{k}, vec, vec/m"                         AVX512BW;
    VPTESTNMD       "EVEX.128/256/512.F3.0F38.W0 27 /r"     RVM  "w k{k}, vec, vec/m/b32"                     AVX512F;
    VPTESTNMQ       "EVEX.128/256/512.F3.0F38.W1 27 /r"     RVM  "w k{k}, vec, vec/m/b64"                     AVX512F;
    VPTEST          "VEX.128/256.66.0F38.WIG 17 /r"         RM   "vec, vec/m, <w flags>"                      AVX;
    VPMOVMSKB       "VEX.128/256.66.0F.WIG D7 /r"           RM   "w r32, vec"                                 AVX2;

    // Wider and narrower integers.
    VPMOVSXBW       "VEX.128/256.66.0F38.WIG 20 /r"         RM   "w vec, half/m"                              AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 20 /r"    RM   "w vec{kz}, half/m"                          AVX512BW;
    VPMOVSXBD       "VEX.128/256.66.0F38.WIG 21 /r"         RM   "w vec, quarter/m"                           AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 21 /r"    RM   "w vec{kz}, quarter/m"                       AVX512F;
    VPMOVSXBQ       "VEX.128/256.66.0F38.WIG 22 /r"         RM   "w vec, eighth/m"                            AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 22 /r"    RM   "w vec{kz}, eighth/m"                        AVX512F;
    VPMOVSXWD       "VEX.128/256.66.0F38.WIG 23 /r"         RM   "w vec, half/m"                              AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 23 /r"    RM   "w vec{kz}, half/m"                          AVX512F;
    VPMOVSXWQ       "VEX.128/256.66.0F38.WIG 24 /r"         RM   "w vec, quarter/m"                           AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 24 /r"    RM   "w vec{kz}, quarter/m"                       AVX512F;
    VPMOVSXDQ       "VEX.128/256.66.0F38.WIG 25 /r"         RM   "w vec, half/m"                              AVX2
                 or "EVEX.128/256/512.66.0F38.W0 25 /r"     RM   "w vec{kz}, half/m"                          AVX512F;
    VPMOVZXBW       "VEX.128/256.66.0F38.WIG 30 /r"         RM   "w vec, half/m"                              AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 30 /r"    RM   "w vec{kz}, half/m"                          AVX512BW;
    VPMOVZXBD       "VEX.128/256.66.0F38.WIG 31 /r"         RM   "w vec, quarter/m"                           AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 31 /r"    RM   "w vec{kz}, quarter/m"                       AVX512F;
    VPMOVZXBQ       "VEX.128/256.66.0F38.WIG 32 /r"         RM   "w vec, eighth/m"                            AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 32 /r"    RM   "w vec{kz}, eighth/m"                        AVX512F;
    VPMOVZXWD       "VEX.128/256.66.0F38.WIG 33 /r"         RM   "w vec, half/m"                              AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 33 /r"    RM   "w vec{kz}, half/m"                          AVX512F;
    VPMOVZXWQ       "VEX.128/256.66.0F38.WIG 34 /r"         RM   "w vec, quarter/m"                           AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 34 /r"    RM   "w vec{kz}, quarter/m"                       AVX512F;
    VPMOVZXDQ       "VEX.128/256.66.0F38.WIG 35 /r"         RM   "w vec, half/m"                              AVX2
                 or "EVEX.128/256/512.66.0F38.W0 35 /r"     RM   "w vec{kz}, half/m"                          AVX512F;
    VPMOVWB         "EVEX.128/256/512.F3.0F38.W0 30 /r"     MR   "w half{kz}, vec"                            AVX512BW
                 or "EVEX.128/256/512.F3.0F38.W0 30 /r"     MR   "w mhalf{k}, vec"                            AVX512BW;
    VPMOVDB         "EVEX.128/256/512.F3.0F38.W0 31 /r"     MR   "w quarter{kz}, vec"                         AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 31 /r"     MR   "w mquarter{k}, vec"                         AVX512F;
    VPMOVQB         "EVEX.128/256/512.F3.0F38.W0 32 /r"     MR   "w eighth{kz}, vec"                          AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 32 /r"     MR   "w meighth{k}, vec"                          AVX512F;
    VPMOVDW         "EVEX.128/256/512.F3.0F38.W0 33 /r"     MR   "w half{kz}, vec"                            AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 33 /r"     MR   "w mhalf{k}, vec"                            AVX512F;
    VPMOVQW         "EVEX.128/256/512.F3.0F38.W0 34 /r"     MR   "w quarter{kz}, vec"                         AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 34 /r"     MR   "w mquarter{k}, vec"                         AVX512F;
    VPMOVQD         "EVEX.128/256/512.F3.0F38.W0 35 /r"     MR   "w half{kz}, vec"                            AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 35 /r"     MR   "w mhalf{k}, vec"                            AVX512F;
    VPMOVSWB        "EVEX.128/256/512.F3.0F38.W0 20 /r"     MR   "w half{kz}, vec"                            AVX512BW
                 or "EVEX.128/256/512.F3.0F38.W0 20 /r"     MR   "w mhalf{k}, vec"                            AVX512BW;
    VPMOVSDB        "EVEX.128/256/512.F3.0F38.W0 21 /r"     MR   "w quarter{kz}, vec"                         AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 21 /r"     MR   "w mquarter{k}, vec"                         AVX512F;
    VPMOVSQB        "EVEX.128/256/512.F3.0F38.W0 22 /r"     MR   "w eighth{kz}, vec"                          AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 22 /r"     MR   "w meighth{k}, vec"                          AVX512F;
    VPMOVSDW        "EVEX.128/256/512.F3.0F38.W0 23 /r"     MR   "w half{kz}, vec"                            AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 23 /r"     MR   "w mhalf{k}, vec"                            AVX512F;
    VPMOVSQW        "EVEX.128/256/512.F3.0F38.W0 24 /r"     MR   "w quarter{kz}, vec"                         AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 24 /r"     MR   "w mquarter{k}, vec"                         AVX512F;
    VPMOVSQD        "EVEX.128/256/512.F3.0F38.W0 25 /r"     MR   "w half{kz}, vec"                            AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 25 /r"     MR   "w mhalf{k}, vec"                            AVX512F;
    VPMOVUSWB       "EVEX.128/256/512.F3.0F38.W0 10 /r"     MR   "w half{kz}, vec"                            AVX512BW
                 or "EVEX.128/256/512.F3.0F38.W0 10 /r"     MR   "w mhalf{k}, vec"                            AVX512BW;
    VPMOVUSDB       "EVEX.128/256/512.F3.0F38.W0 11 /r"     MR   "w quarter{kz}, vec"                         AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 11 /r"     MR   "w mquarter{k}, vec"                         AVX512F;
    VPMOVUSQB       "EVEX.128/256/512.F3.0F38.W0 12 /r"     MR   "w eighth{kz}, vec"                          AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 12 /r"     MR   "w meighth{k}, vec"                          AVX512F;
    VPMOVUSDW       "EVEX.128/256/512.F3.0F38.W0 13 /r"     MR   "w half{kz}, vec"                            AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 13 /r"     MR   "w mhalf{k}, vec"                            AVX512F;
    VPMOVUSQW       "EVEX.128/256/512.F3.0F38.W0 14 /r"     MR   "w quarter{kz}, vec"                         AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 14 /r"     MR   "w mquarter{k}, vec"                         AVX512F;
    VPMOVUSQD       "EVEX.128/256/512.F3.0F38.W0 15 /r"     MR   "w half{kz}, vec"                            AVX512F
                 or "EVEX.128/256/512.F3.0F38.W0 15 /r"     MR   "w mhalf{k}, vec"                            AVX512F;

    // Packing with saturation, interleaving, shuffling within 128 bits.
    VPACKSSWB       "VEX.128/256.66.0F.WIG 63 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG 63 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPACKSSDW       "VEX.128/256.66.0F.WIG 6B /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.W0 6B /r"       RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512BW;
    VPACKUSWB       "VEX.128/256.66.0F.WIG 67 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG 67 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPACKUSDW       "VEX.128/256.66.0F38.WIG 2B /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.W0 2B /r"     RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512BW;
    VPUNPCKLBW      "VEX.128/256.66.0F.WIG 60 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG 60 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPUNPCKLWD      "VEX.128/256.66.0F.WIG 61 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG 61 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPUNPCKLDQ      "VEX.128/256.66.0F.WIG 62 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.W0 62 /r"       RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPUNPCKLQDQ     "VEX.128/256.66.0F.WIG 6C /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.W1 6C /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPUNPCKHBW      "VEX.128/256.66.0F.WIG 68 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG 68 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPUNPCKHWD      "VEX.128/256.66.0F.WIG 69 /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.WIG 69 /r"      RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPUNPCKHDQ      "VEX.128/256.66.0F.WIG 6A /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.W0 6A /r"       RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPUNPCKHQDQ     "VEX.128/256.66.0F.WIG 6D /r"           RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F.W1 6D /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VUNPCKLPS       "VEX.128/256.0F.WIG 14 /r"              RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.0F.W0 14 /r"          RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VUNPCKLPD       "VEX.128/256.66.0F.WIG 14 /r"           RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F.W1 14 /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VUNPCKHPS       "VEX.128/256.0F.WIG 15 /r"              RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.0F.W0 15 /r"          RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VUNPCKHPD       "VEX.128/256.66.0F.WIG 15 /r"           RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F.W1 15 /r"       RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VSHUFPS         "VEX.128/256.0F.WIG C6 /r ib"           RVMI "w vec, vec, vec/m, imm8"                    AVX
                 or "EVEX.128/256/512.0F.W0 C6 /r ib"       RVMI "w vec{kz}, vec, vec/m/b32, imm8"            AVX512F;
    VSHUFPD         "VEX.128/256.66.0F.WIG C6 /r ib"        RVMI "w vec, vec, vec/m, imm8"                    AVX
                 or "EVEX.128/256/512.66.0F.W1 C6 /r ib"    RVMI "w vec{kz}, vec, vec/m/b64, imm8"            AVX512F;
    VPSHUFB         "VEX.128/256.66.0F38.WIG 00 /r"         RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.128/256/512.66.0F38.WIG 00 /r"    RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPSHUFD         "VEX.128/256.66.0F.WIG 70 /r ib"        RMI  "w vec, vec/m, imm8"                         AVX2
                 or "EVEX.128/256/512.66.0F.W0 70 /r ib"    RMI  "w vec{kz}, vec/m/b32, imm8"                 AVX512F;
    VPSHUFHW        "VEX.128/256.F3.0F.WIG 70 /r ib"        RMI  "w vec, vec/m, imm8"                         AVX2
                 or "EVEX.128/256/512.F3.0F.WIG 70 /r ib"   RMI  "w vec{kz}, vec/m, imm8"                     AVX512BW;
    VPSHUFLW        "VEX.128/256.F2.0F.WIG 70 /r ib"        RMI  "w vec, vec/m, imm8"                         AVX2
                 or "EVEX.128/256/512.F2.0F.WIG 70 /r ib"   RMI  "w vec{kz}, vec/m, imm8"                     AVX512BW;
    VPALIGNR        "VEX.128/256.66.0F3A.WIG 0F /r ib"      RVMI "w vec, vec, vec/m, imm8"                    AVX2
                 or "EVEX.128/256/512.66.0F3A.WIG 0F /r ib" RVMI "w vec{kz}, vec, vec/m, imm8"                AVX512BW;
    VPERMILPS       "VEX.128/256.66.0F3A.W0 04 /r ib"       RMI  "w vec, vec/m, imm8"                         AVX
                 or "VEX.128/256.66.0F38.W0 0C /r"          RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F3A.W0 04 /r ib"  RMI  "w vec{kz}, vec/m/b32, imm8"                 AVX512F
                 or "EVEX.128/256/512.66.0F38.W0 0C /r"     RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPERMILPD       "VEX.128/256.66.0F3A.W0 05 /r ib"       RMI  "w vec, vec/m, imm8"                         AVX
                 or "VEX.128/256.66.0F38.W0 0D /r"          RVM  "w vec, vec, vec/m"                          AVX
                 or "EVEX.128/256/512.66.0F3A.W1 05 /r ib"  RMI  "w vec{kz}, vec/m/b64, imm8"                 AVX512F
                 or "EVEX.128/256/512.66.0F38.W1 0D /r"     RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VMOVSLDUP       "VEX.128/256.F3.0F.WIG 12 /r"           RM   "w vec, vec/m"                               AVX
                 or "EVEX.128/256/512.F3.0F.W0 12 /r"       RM   "w vec{kz}, vec/m"                           AVX512F;
    VMOVSHDUP       "VEX.128/256.F3.0F.WIG 16 /r"           RM   "w vec, vec/m"                               AVX
                 or "EVEX.128/256/512.F3.0F.W0 16 /r"       RM   "w vec{kz}, vec/m"                           AVX512F;

    // Permuting lanes across the register.
    VPERMD          "VEX.256.66.0F38.W0 36 /r"              RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.256/512.66.0F38.W0 36 /r"         RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPERMPS         "VEX.256.66.0F38.W0 16 /r"              RVM  "w vec, vec, vec/m"                          AVX2
                 or "EVEX.256/512.66.0F38.W0 16 /r"         RVM  "w vec{kz}, vec, vec/m/b32"                  AVX512F;
    VPERMQ          "VEX.256.66.0F3A.W1 00 /r ib"           RMI  "w vec, vec/m, imm8"                         AVX2
                 or "EVEX.256/512.66.0F3A.W1 00 /r ib"      RMI  "w vec{kz}, vec/m/b64, imm8"                 AVX512F
                 or "EVEX.256/512.66.0F38.W1 36 /r"         RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPERMPD         "VEX.256.66.0F3A.W1 01 /r ib"           RMI  "w vec, vec/m, imm8"                         AVX2
                 or "EVEX.256/512.66.0F3A.W1 01 /r ib"      RMI  "w vec{kz}, vec/m/b64, imm8"                 AVX512F
                 or "EVEX.256/512.66.0F38.W1 16 /r"         RVM  "w vec{kz}, vec, vec/m/b64"                  AVX512F;
    VPERMW          "EVEX.128/256/512.66.0F38.W1 8D /r"     RVM  "w vec{kz}, vec, vec/m"                      AVX512BW;
    VPERMI2W        "EVEX.128/256/512.66.0F38.W1 75 /r"     RVM  "rw vec{kz}, vec, vec/m"                     AVX512BW;
    VPERMI2D        "EVEX.128/256/512.66.0F38.W0 76 /r"     RVM  "rw vec{kz}, vec, vec/m/b32"                 AVX512F;
    VPERMI2Q        "EVEX.128/256/512.66.0F38.W1 76 /r"     RVM  "rw vec{kz}, vec, vec/m/b64"                 AVX512F;
    VPERMI2PS       "EVEX.128/256/512.66.0F38.W0 77 /r"     RVM  "rw vec{kz}, vec, vec/m/b32"                 AVX512F;
    VPERMI2PD       "EVEX.128/256/512.66.0F38.W1 77 /r"     RVM  "rw vec{kz}, vec, vec/m/b64"                 AVX512F;
    VPERMT2W        "EVEX.128/256/512.66.0F38.W1 7D /r"     RVM  "rw vec{kz}, vec, vec/m"                     AVX512BW;
    VPERMT2D        "EVEX.128/256/512.66.0F38.W0 7E /r"     RVM  "rw vec{kz}, vec, vec/m/b32"                 AVX512F;
    VPERMT2Q        "EVEX.128/256/512.66.0F38.W1 7E /r"     RVM  "rw vec{kz}, vec, vec/m/b64"                 AVX512F;
    VPERMT2PS       "EVEX.128/256/512.66.0F38.W0 7F /r"     RVM  "rw vec{kz}, vec, vec/m/b32"                 AVX512F;
    VPERMT2PD       "EVEX.128/256/512.66.0F38.W1 7F /r"     RVM  "rw vec{kz}, vec, vec/m/b64"                 AVX512F;
    VALIGND         "EVEX.128/256/512.66.0F3A.W0 03 /r ib"  RVMI "w vec{kz}, vec, vec/m/b32, imm8"            AVX512F;
    VALIGNQ         "EVEX.128/256/512.66.0F3A.W1 03 /r ib"  RVMI "w vec{kz}, vec, vec/m/b64, imm8"            AVX512F;
    VPERM2F128      "VEX.256.66.0F3A.W0 06 /r ib"           RVMI "w vec, vec, vec/m, imm8"                    AVX;
    VPERM2I128      "VEX.256.66.0F3A.W0 46 /r ib"           RVMI "w vec, vec, vec/m, imm8"                    AVX2;
    VSHUFF32X4      "EVEX.256/512.66.0F3A.W0 23 /r ib"      RVMI "w vec{kz}, vec, vec/m/b32, imm8"            AVX512F;
    VSHUFF64X2      "EVEX.256/512.66.0F3A.W1 23 /r ib"      RVMI "w vec{kz}, vec, vec/m/b64, imm8"            AVX512F;
    VSHUFI32X4      "EVEX.256/512.66.0F3A.W0 43 /r ib"      RVMI "w vec{kz}, vec, vec/m/b32, imm8"            AVX512F;
    VSHUFI64X2      "EVEX.256/512.66.0F3A.W1 43 /r ib"      RVMI "w vec{kz}, vec, vec/m/b64, imm8"            AVX512F;
    VCOMPRESSPS     "EVEX.128/256/512.66.0F38.W0 8A /r"     MR   "w vec{kz}, vec"                             AVX512F
                 or "EVEX.128/256/512.66.0F38.W0 8A /r"     MR   "w m32*{k}, vec"                             AVX512F;
    VCOMPRESSPD     "EVEX.128/256/512.66.0F38.W1 8A /r"     MR   "w vec{kz}, vec"                             AVX512F
                 or "EVEX.128/256/512.66.0F38.W1 8A /r"     MR   "w m64*{k}, vec"                             AVX512F;
    VPCOMPRESSD     "EVEX.128/256/512.66.0F38.W0 8B /r"     MR   "w vec{kz}, vec"                             AVX512F
                 or "EVEX.128/256/512.66.0F38.W0 8B /r"     MR   "w m32*{k}, vec"                             AVX512F;
    VPCOMPRESSQ     "EVEX.128/256/512.66.0F38.W1 8B /r"     MR   "w vec{kz}, vec"                             AVX512F
                 or "EVEX.128/256/512.66.0F38.W1 8B /r"     MR   "w m64*{k}, vec"                             AVX512F;
    VEXPANDPS       "EVEX.128/256/512.66.0F38.W0 88 /r"     RM   "w vec{kz}, vec/m32*"                        AVX512F;
    VEXPANDPD       "EVEX.128/256/512.66.0F38.W1 88 /r"     RM   "w vec{kz}, vec/m64*"                        AVX512F;
    VPEXPANDD       "EVEX.128/256/512.66.0F38.W0 89 /r"     RM   "w vec{kz}, vec/m32*"                        AVX512F;
    VPEXPANDQ       "EVEX.128/256/512.66.0F38.W1 89 /r"     RM   "w vec{kz}, vec/m64*"                        AVX512F;

    // Broadcasting an element, from a vector, memory or a general-purpose register.
    VBROADCASTSS    "VEX.128/256.66.0F38.W0 18 /r"          RM   "w vec, m32"                                 AVX
                 or "VEX.128/256.66.0F38.W0 18 /r"          RM   "w vec, xmm"                                 AVX2
                 or "EVEX.128/256/512.66.0F38.W0 18 /r"     RM   "w vec{kz}, xmm/m32"                         AVX512F;
    VBROADCASTSD    "VEX.256.66.0F38.W0 19 /r"              RM   "w vec, m64"                                 AVX
                 or "VEX.256.66.0F38.W0 19 /r"              RM   "w vec, xmm"                                 AVX2
                 or "EVEX.256/512.66.0F38.W1 19 /r"         RM   "w vec{kz}, xmm/m64"                         AVX512F;
    VPBROADCASTB    "VEX.128/256.66.0F38.W0 78 /r"          RM   "w vec, xmm/m8"                              AVX2
                 or "EVEX.128/256/512.66.0F38.W0 78 /r"     RM   "w vec{kz}, xmm/m8"                          AVX512BW
                 or "EVEX.128/256/512.66.0F38.W0 7A /r"     RM   "w vec{kz}, r32"                             AVX512BW;
    VPBROADCASTW    "VEX.128/256.66.0F38.W0 79 /r"          RM   "w vec, xmm/m16"                             AVX2
                 or "EVEX.128/256/512.66.0F38.W0 79 /r"     RM   "w vec{kz}, xmm/m16"                         AVX512BW
                 or "EVEX.128/256/512.66.0F38.W0 7B /r"     RM   "w vec{kz}, r32"                             AVX512BW;
    VPBROADCASTD    "VEX.128/256.66.0F38.W0 58 /r"          RM   "w vec, xmm/m32"                             AVX2
                 or "EVEX.128/256/512.66.0F38.W0 58 /r"     RM   "w vec{kz}, xmm/m32"                         AVX512F
                 or "EVEX.128/256/512.66.0F38.W0 7C /r"     RM   "w vec{kz}, r32"                             AVX512F;
    VPBROADCASTQ    "VEX.128/256.66.0F38.W0 59 /r"          RM   "w vec, xmm/m64"                             AVX2
                 or "EVEX.128/256/512.66.0F38.W1 59 /r"     RM   "w vec{kz}, xmm/m64"                         AVX512F
                 or "EVEX.128/256/512.66.0F38.W1 7C /r"     RM   "w vec{kz}, r64"                             AVX512F;

    // Parts of 128 and 256 bits: broadcasting, inserting, extracting.
    VBROADCASTF128  "VEX.256.66.0F38.W0 1A /r"              RM   "w vec, m128"                                AVX;
    VBROADCASTI128  "VEX.256.66.0F38.W0 5A /r"              RM   "w vec, m128"                                AVX2;
    VBROADCASTF32X4 "EVEX.256/512.66.0F38.W0 1A /r"         RM   "w vec{kz}, m128"                            AVX512F;
    VBROADCASTF64X2 "EVEX.256/512.66.0F38.W1 1A /r"         RM   "w vec{kz}, m128"                            AVX512DQ;
    VBROADCASTF32X8 "EVEX.512.66.0F38.W0 1B /r"             RM   "w vec{kz}, m256"                            AVX512DQ;
    VBROADCASTF64X4 "EVEX.512.66.0F38.W1 1B /r"             RM   "w vec{kz}, m256"                            AVX512F;
    VBROADCASTI32X4 "EVEX.256/512.66.0F38.W0 5A /r"         RM   "w vec{kz}, m128"                            AVX512F;
    VBROADCASTI64X2 "EVEX.256/512.66.0F38.W1 5A /r"         RM   "w vec{kz}, m128"                            AVX512DQ;
    VBROADCASTI32X8 "EVEX.512.66.0F38.W0 5B /r"             RM   "w vec{kz}, m256"                            AVX512DQ;
    VBROADCASTI64X4 "EVEX.512.66.0F38.W1 5B /r"             RM   "w vec{kz}, m256"                            AVX512F;
    VINSERTF128     "VEX.256.66.0F3A.W0 18 /r ib"           RVMI "w vec, vec, xmm/m128, imm8"                 AVX;
    VEXTRACTF128    "VEX.256.66.0F3A.W0 19 /r ib"           MRI  "w xmm/m128, vec, imm8"                      AVX;
    VINSERTF32X4    "EVEX.256/512.66.0F3A.W0 18 /r ib"      RVMI "w vec{kz}, vec, xmm/m128, imm8"             AVX512F;
    VEXTRACTF32X4   "EVEX.256/512.66.0F3A.W0 19 /r ib"      MRI  "w xmm{kz}, vec, imm8"                       AVX512F
                 or "EVEX.256/512.66.0F3A.W0 19 /r ib"      MRI  "w m128{k}, vec, imm8"                       AVX512F;
    VINSERTF64X2    "EVEX.256/512.66.0F3A.W1 18 /r ib"      RVMI "w vec{kz}, vec, xmm/m128, imm8"             AVX512DQ;
    VEXTRACTF64X2   "EVEX.256/512.66.0F3A.W1 19 /r ib"      MRI  "w xmm{kz}, vec, imm8"                       AVX512DQ
                 or "EVEX.256/512.66.0F3A.W1 19 /r ib"      MRI  "w m128{k}, vec, imm8"                       AVX512DQ;
    VINSERTF32X8    "EVEX.512.66.0F3A.W0 1A /r ib"          RVMI "w vec{kz}, vec, ymm/m256, imm8"             AVX512DQ;
    VEXTRACTF32X8   "EVEX.512.66.0F3A.W0 1B /r ib"          MRI  "w ymm{kz}, vec, imm8"                       AVX512DQ
                 or "EVEX.512.66.0F3A.W0 1B /r ib"          MRI  "w m256{k}, vec, imm8"                       AVX512DQ;
    VINSERTF64X4    "EVEX.512.66.0F3A.W1 1A /r ib"          RVMI "w vec{kz}, vec, ymm/m256, imm8"             AVX512F;
    VEXTRACTF64X4   "EVEX.512.66.0F3A.W1 1B /r ib"          MRI  "w ymm{kz}, vec, imm8"                       AVX512F
                 or "EVEX.512.66.0F3A.W1 1B /r ib"          MRI  "w m256{k}, vec, imm8"                       AVX512F;
    VINSERTI128     "VEX.256.66.0F3A.W0 38 /r ib"           RVMI "w vec, vec, xmm/m128, imm8"                 AVX2;
    VEXTRACTI128    "VEX.256.66.0F3A.W0 39 /r ib"           MRI  "w xmm/m128, vec, imm8"                      AVX2;
    VINSERTI32X4    "EVEX.256/512.66.0F3A.W0 38 /r ib"      RVMI "w vec{kz}, vec, xmm/m128, imm8"             AVX512F;
    VEXTRACTI32X4   "EVEX.256/512.66.0F3A.W0 39 /r ib"      MRI  "w xmm{kz}, vec, imm8"                       AVX512F
                 or "EVEX.256/512.66.0F3A.W0 39 /r ib"      MRI  "w m128{k}, vec, imm8"                       AVX512F;
    VINSERTI64X2    "EVEX.256/512.66.0F3A.W1 38 /r ib"      RVMI "w vec{kz}, vec, xmm/m128, imm8"             AVX512DQ;
    VEXTRACTI64X2   "EVEX.256/512.66.0F3A.W1 39 /r ib"      MRI  "w xmm{kz}, vec, imm8"                       AVX512DQ
                 or "EVEX.256/512.66.0F3A.W1 39 /r ib"      MRI  "w m128{k}, vec, imm8"                       AVX512DQ;
    VINSERTI32X8    "EVEX.512.66.0F3A.W0 3A /r ib"          RVMI "w vec{kz}, vec, ymm/m256, imm8"             AVX512DQ;
    VEXTRACTI32X8   "EVEX.512.66.0F3A.W0 3B /r ib"          MRI  "w ymm{kz}, vec, imm8"                       AVX512DQ
                 or "EVEX.512.66.0F3A.W0 3B /r ib"          MRI  "w m256{k}, vec, imm8"                       AVX512DQ;
    VINSERTI64X4    "EVEX.512.66.0F3A.W1 3A /r ib"          RVMI "w vec{kz}, vec, ymm/m256, imm8"             AVX512F;
    VEXTRACTI64X4   "EVEX.512.66.0F3A.W1 3B /r ib"          MRI  "w ymm{kz}, vec, imm8"                       AVX512F
                 or "EVEX.512.66.0F3A.W1 3B /r ib"          MRI  "w m256{k}, vec, imm8"                       AVX512F;

    // Single elements.
    VPINSRB         "VEX.128.66.0F3A.W0 20 /r ib"           RVMI "w xmm, xmm, r32/m8, imm8"                   AVX
                 or "EVEX.128.66.0F3A.WIG 20 /r ib"         RVMI "w xmm, xmm, r32/m8, imm8"                   AVX512BW;
    VPINSRW         "VEX.128.66.0F.W0 C4 /r ib"             RVMI "w xmm, xmm, r32/m16, imm8"                  AVX
                 or "EVEX.128.66.0F.WIG C4 /r ib"           RVMI "w xmm, xmm, r32/m16, imm8"                  AVX512BW;
    VPINSRD         "VEX.128.66.0F3A.W0 22 /r ib"           RVMI "w xmm, xmm, r32/m32, imm8"                  AVX
                 or "EVEX.128.66.0F3A.W0 22 /r ib"          RVMI "w xmm, xmm, r32/m32, imm8"                  AVX512DQ;
    VPINSRQ         "VEX.128.66.0F3A.W1 22 /r ib"           RVMI "w xmm, xmm, r64/m64, imm8"                  AVX
                 or "EVEX.128.66.0F3A.W1 22 /r ib"          RVMI "w xmm, xmm, r64/m64, imm8"                  AVX512DQ;
    VPEXTRB         "VEX.128.66.0F3A.W0 14 /r ib"           MRI  "w r32/m8, xmm, imm8"                        AVX
                 or "EVEX.128.66.0F3A.WIG 14 /r ib"         MRI  "w r32/m8, xmm, imm8"                        AVX512BW;
    VPEXTRW         "VEX.128.66.0F.W0 C5 /r ib"             RMI  "w r32, xmm, imm8"                           AVX
                 or "VEX.128.66.0F3A.W0 15 /r ib"           MRI  "w m16, xmm, imm8"                           AVX
                 or "EVEX.128.66.0F.WIG C5 /r ib"           RMI  "w r32, xmm, imm8"                           AVX512BW
                 or "EVEX.128.66.0F3A.WIG 15 /r ib"         MRI  "w m16, xmm, imm8"                           AVX512BW;
    VPEXTRD         "VEX.128.66.0F3A.W0 16 /r ib"           MRI  "w r32/m32, xmm, imm8"                       AVX
                 or "EVEX.128.66.0F3A.W0 16 /r ib"          MRI  "w r32/m32, xmm, imm8"                       AVX512DQ;
    VPEXTRQ         "VEX.128.66.0F3A.W1 16 /r ib"           MRI  "w r64/m64, xmm, imm8"                       AVX
                 or "EVEX.128.66.0F3A.W1 16 /r ib"          MRI  "w r64/m64, xmm, imm8"                       AVX512DQ;
    VINSERTPS       "VEX.128.66.0F3A.WIG 21 /r ib"          RVMI "w xmm, xmm, xmm/m32, imm8"                  AVX
                 or "EVEX.128.66.0F3A.W0 21 /r ib"          RVMI "w xmm, xmm, xmm/m32, imm8"                  AVX512F;
    VEXTRACTPS      "VEX.128.66.0F3A.WIG 17 /r ib"          MRI  "w r32/m32, xmm, imm8"                       AVX
                 or "EVEX.128.66.0F3A.WIG 17 /r ib"         MRI  "w r32/m32, xmm, imm8"                       AVX512F;

    // Whole vectors to and from registers and memory.
    VMOVAPS         "VEX.128/256.0F.WIG 28 /r"              RM   "w vec, vec/m"                               AVX
                 or "VEX.128/256.0F.WIG 29 /r"              MR   "w m, vec"                                   AVX
                 or "EVEX.128/256/512.0F.W0 28 /r"          RM   "w vec{kz}, vec/m"                           AVX512F
                 or "EVEX.128/256/512.0F.W0 29 /r"          MR   "w m{k}, vec"                                AVX512F;
    VMOVAPD         "VEX.128/256.66.0F.WIG 28 /r"           RM   "w vec, vec/m"                               AVX
                 or "VEX.128/256.66.0F.WIG 29 /r"           MR   "w m, vec"                                   AVX
                 or "EVEX.128/256/512.66.0F.W1 28 /r"       RM   "w vec{kz}, vec/m"                           AVX512F
                 or "EVEX.128/256/512.66.0F.W1 29 /r"       MR   "w m{k}, vec"                                AVX512F;
    VMOVUPS         "VEX.128/256.0F.WIG 10 /r"              RM   "w vec, vec/m"                               AVX
                 or "VEX.128/256.0F.WIG 11 /r"              MR   "w m, vec"                                   AVX
                 or "EVEX.128/256/512.0F.W0 10 /r"          RM   "w vec{kz}, vec/m"                           AVX512F
                 or "EVEX.128/256/512.0F.W0 11 /r"          MR   "w m{k}, vec"                                AVX512F;
    VMOVUPD         "VEX.128/256.66.0F.WIG 10 /r"           RM   "w vec, vec/m"                               AVX
                 or "VEX.128/256.66.0F.WIG 11 /r"           MR   "w m, vec"                                   AVX
                 or "EVEX.128/256/512.66.0F.W1 10 /r"       RM   "w vec{kz}, vec/m"                           AVX512F
                 or "EVEX.128/256/512.66.0F.W1 11 /r"       MR   "w m{k}, vec"                                AVX512F;
    VMOVDQA         "VEX.128/256.66.0F.WIG 6F /r"           RM   "w vec, vec/m"                               AVX
                 or "VEX.128/256.66.0F.WIG 7F /r"           MR   "w m, vec"                                   AVX;
    VMOVDQU         "VEX.128/256.F3.0F.WIG 6F /r"           RM   "w vec, vec/m"                               AVX
                 or "VEX.128/256.F3.0F.WIG 7F /r"           MR   "w m, vec"                                   AVX;
    VMOVDQA32       "EVEX.128/256/512.66.0F.W0 6F /r"       RM   "w vec{kz}, vec/m"                           AVX512F
                 or "EVEX.128/256/512.66.0F.W0 7F /r"       MR   "w m{k}, vec"                                AVX512F;
    VMOVDQA64       "EVEX.128/256/512.66.0F.W1 6F /r"       RM   "w vec{kz}, vec/m"                           AVX512F
                 or "EVEX.128/256/512.66.0F.W1 7F /r"       MR   "w m{k}, vec"                                AVX512F;
    VMOVDQU8        "EVEX.128/256/512.F2.0F.W0 6F /r"       RM   "w vec{kz}, vec/m"                           AVX512BW
                 or "EVEX.128/256/512.F2.0F.W0 7F /r"       MR   "w m{k}, vec"                                AVX512BW;
    VMOVDQU16       "EVEX.128/256/512.F2.0F.W1 6F /r"       RM   "w vec{kz}, vec/m"                           AVX512BW
                 or "EVEX.128/256/512.F2.0F.W1 7F /r"       MR   "w m{k}, vec"                                AVX512BW;
    VMOVDQU32       "EVEX.128/256/512.F3.0F.W0 6F /r"       RM   "w vec{kz}, vec/m"                           AVX512F
                 or "EVEX.128/256/512.F3.0F.W0 7F /r"       MR   "w m{k}, vec"                                AVX512F;
    VMOVDQU64       "EVEX.128/256/512.F3.0F.W1 6F /r"       RM   "w vec{kz}, vec/m"                           AVX512F
                 or "EVEX.128/256/512.F3.0F.W1 7F /r"       MR   "w m{k}, vec"                                AVX512F;

    // Past the caches.
    VMOVNTPS        "VEX.128/256.0F.WIG 2B /r"              MR   "w m, vec"                                   AVX
                 or "EVEX.128/256/512.0F.W0 2B /r"          MR   "w m, vec"                                   AVX512F;
    VMOVNTPD        "VEX.128/256.66.0F.WIG 2B /r"           MR   "w m, vec"                                   AVX
                 or "EVEX.128/256/512.66.0F.W1 2B /r"       MR   "w m, vec"                                   AVX512F;
    VMOVNTDQ        "VEX.128/256.66.0F.WIG E7 /r"           MR   "w m, vec"                                   AVX
                 or "EVEX.128/256/512.66.0F.W0 E7 /r"       MR   "w m, vec"                                   AVX512F;
    VMOVNTDQA       "VEX.128/256.66.0F38.WIG 2A /r"         RM   "w vec, m"                                   AVX2
                 or "EVEX.128/256/512.66.0F38.W0 2A /r"     RM   "w vec, m"                                   AVX512F;

    // Masked by the sign of each lane: lanes without it are neither read nor written.
    VMASKMOVPS      "VEX.128/256.66.0F38.W0 2C /r"          RVM  "w vec, vec, m"                              AVX
                 or "VEX.128/256.66.0F38.W0 2E /r"          MVR  "w m, vec, vec"                              AVX;
    VMASKMOVPD      "VEX.128/256.66.0F38.W0 2D /r"          RVM  "w vec, vec, m"                              AVX
                 or "VEX.128/256.66.0F38.W0 2F /r"          MVR  "w m, vec, vec"                              AVX;
    VPMASKMOVD      "VEX.128/256.66.0F38.W0 8C /r"          RVM  "w vec, vec, m"                              AVX2
                 or "VEX.128/256.66.0F38.W0 8E /r"          MVR  "w m, vec, vec"                              AVX2;
    VPMASKMOVQ      "VEX.128/256.66.0F38.W1 8C /r"          RVM  "w vec, vec, m"                              AVX2
                 or "VEX.128/256.66.0F38.W1 8E /r"          MVR  "w m, vec, vec"                              AVX2;

    // Single elements to and from memory, other vectors and general-purpose registers.
    VMOVSS          "VEX.LIG.F3.0F.WIG 10 /r"               RM   "w xmm, m32"                                 AVX
                 or "VEX.LIG.F3.0F.WIG 10 /r"               RVM  "w xmm, xmm, xmm"                            AVX
                 or "VEX.LIG.F3.0F.WIG 11 /r"               MR   "w m32, xmm"                                 AVX
                 or "EVEX.LLIG.F3.0F.W0 10 /r"              RM   "w xmm{kz}, m32"                             AVX512F
                 or "EVEX.LLIG.F3.0F.W0 10 /r"              RVM  "w xmm{kz}, xmm, xmm"                        AVX512F
                 or "EVEX.LLIG.F3.0F.W0 11 /r"              MR   "w m32{k}, xmm"                              AVX512F;
    VMOVSD          "VEX.LIG.F2.0F.WIG 10 /r"               RM   "w xmm, m64"                                 AVX
                 or "VEX.LIG.F2.0F.WIG 10 /r"               RVM  "w xmm, xmm, xmm"                            AVX
                 or "VEX.LIG.F2.0F.WIG 11 /r"               MR   "w m64, xmm"                                 AVX
                 or "EVEX.LLIG.F2.0F.W1 10 /r"              RM   "w xmm{kz}, m64"                             AVX512F
                 or "EVEX.LLIG.F2.0F.W1 10 /r"              RVM  "w xmm{kz}, xmm, xmm"                        AVX512F
                 or "EVEX.LLIG.F2.0F.W1 11 /r"              MR   "w m64{k}, xmm"                              AVX512F;
    VMOVD           "VEX.128.66.0F.W0 6E /r"                RM   "w xmm, r32/m32"                             AVX
                 or "VEX.128.66.0F.W0 7E /r"                MR   "w r32/m32, xmm"                             AVX
                 or "EVEX.128.66.0F.W0 6E /r"               RM   "w xmm, r32/m32"                             AVX512F
                 or "EVEX.128.66.0F.W0 7E /r"               MR   "w r32/m32, xmm"                             AVX512F;
    VMOVQ           "VEX.128.F3.0F.WIG 7E /r"               RM   "w xmm, xmm/m64"                             AVX
                 or "VEX.128.66.0F.WIG D6 /r"               MR   "w m64, xmm"                                 AVX
                 or "VEX.128.66.0F.W1 6E /r"                RM   "w xmm, r64"                                 AVX
                 or "VEX.128.66.0F.W1 7E /r"                MR   "w r64, xmm"                                 AVX
                 or "EVEX.128.F3.0F.W1 7E /r"               RM   "w xmm, xmm/m64"                             AVX512F
                 or "EVEX.128.66.0F.W1 D6 /r"               MR   "w m64, xmm"                                 AVX512F
                 or "EVEX.128.66.0F.W1 6E /r"               RM   "w xmm, r64"                                 AVX512F
                 or "EVEX.128.66.0F.W1 7E /r"               MR   "w r64, xmm"                                 AVX512F;
    VMOVHLPS        "VEX.128.0F.WIG 12 /r"                  RVM  "w xmm, xmm, xmm"                            AVX
                 or "EVEX.128.0F.W0 12 /r"                  RVM  "w xmm, xmm, xmm"                            AVX512F;
    VMOVLHPS        "VEX.128.0F.WIG 16 /r"                  RVM  "w xmm, xmm, xmm"                            AVX
                 or "EVEX.128.0F.W0 16 /r"                  RVM  "w xmm, xmm, xmm"                            AVX512F;
    VMOVLPS         "VEX.128.0F.WIG 12 /r"                  RVM  "w xmm, xmm, m64"                            AVX
                 or "VEX.128.0F.WIG 13 /r"                  MR   "w m64, xmm"                                 AVX
                 or "EVEX.128.0F.W0 12 /r"                  RVM  "w xmm, xmm, m64"                            AVX512F
                 or "EVEX.128.0F.W0 13 /r"                  MR   "w m64, xmm"                                 AVX512F;
    VMOVHPS         "VEX.128.0F.WIG 16 /r"                  RVM  "w xmm, xmm, m64"                            AVX
                 or "VEX.128.0F.WIG 17 /r"                  MR   "w m64, xmm"                                 AVX
                 or "EVEX.128.0F.W0 16 /r"                  RVM  "w xmm, xmm, m64"                            AVX512F
                 or "EVEX.128.0F.W0 17 /r"                  MR   "w m64, xmm"                                 AVX512F;

    // Gathers and scatters. A gather uses its mask up.
    VGATHERDPS      "VEX.128/256.66.0F38.W0 92 /r"          RMV  "rw vec, m32[vec], rw vec"                   AVX2
                 or "EVEX.128/256/512.66.0F38.W0 92 /r"     RM   "rw vec{k!}, m32[vec]"                       AVX512F;
    VGATHERQPS      "VEX.128/256.66.0F38.W0 93 /r"          RMV  "rw half, m32[vec], rw half"                 AVX2
                 or "EVEX.128/256/512.66.0F38.W0 93 /r"     RM   "rw half{k!}, m32[vec]"                      AVX512F;
    VGATHERDPD      "VEX.128/256.66.0F38.W1 92 /r"          RMV  "rw vec, m64[half], rw vec"                  AVX2
                 or "EVEX.128/256/512.66.0F38.W1 92 /r"     RM   "rw vec{k!}, m64[half]"                      AVX512F;
    VGATHERQPD      "VEX.128/256.66.0F38.W1 93 /r"          RMV  "rw vec, m64[vec], rw vec"                   AVX2
                 or "EVEX.128/256/512.66.0F38.W1 93 /r"     RM   "rw vec{k!}, m64[vec]"                       AVX512F;
    VPGATHERDD      "VEX.128/256.66.0F38.W0 90 /r"          RMV  "rw vec, m32[vec], rw vec"                   AVX2
                 or "EVEX.128/256/512.66.0F38.W0 90 /r"     RM   "rw vec{k!}, m32[vec]"                       AVX512F;
    VPGATHERQD      "VEX.128/256.66.0F38.W0 91 /r"          RMV  "rw half, m32[vec], rw half"                 AVX2
                 or "EVEX.128/256/512.66.0F38.W0 91 /r"     RM   "rw half{k!}, m32[vec]"                      AVX512F;
    VPGATHERDQ      "VEX.128/256.66.0F38.W1 90 /r"          RMV  "rw vec, m64[half], rw vec"                  AVX2
                 or "EVEX.128/256/512.66.0F38.W1 90 /r"     RM   "rw vec{k!}, m64[half]"                      AVX512F;
    VPGATHERQQ      "VEX.128/256.66.0F38.W1 91 /r"          RMV  "rw vec, m64[vec], rw vec"                   AVX2
                 or "EVEX.128/256/512.66.0F38.W1 91 /r"     RM   "rw vec{k!}, m64[vec]"                       AVX512F;
    VSCATTERDPS     "EVEX.128/256/512.66.0F38.W0 A2 /r"     MR   "w m32[vec]{k!}, vec"                        AVX512F;
    VSCATTERQPS     "EVEX.128/256/512.66.0F38.W0 A3 /r"     MR   "w m32[vec]{k!}, half"                       AVX512F;
    VSCATTERDPD     "EVEX.128/256/512.66.0F38.W1 A2 /r"     MR   "w m64[half]{k!}, vec"                       AVX512F;
    VSCATTERQPD     "EVEX.128/256/512.66.0F38.W1 A3 /r"     MR   "w m64[vec]{k!}, vec"                        AVX512F;
    VPSCATTERDD     "EVEX.128/256/512.66.0F38.W0 A0 /r"     MR   "w m32[vec]{k!}, vec"                        AVX512F;
    VPSCATTERQD     "EVEX.128/256/512.66.0F38.W0 A1 /r"     MR   "w m32[vec]{k!}, half"                       AVX512F;
    VPSCATTERDQ     "EVEX.128/256/512.66.0F38.W1 A0 /r"     MR   "w m64[half]{k!}, vec"                       AVX512F;
    VPSCATTERQQ     "EVEX.128/256/512.66.0F38.W1 A1 /r"     MR   "w m64[vec]{k!}, vec"                        AVX512F;

    // Masks.
    KMOVB           "VEX.L0.66.0F.W0 90 /r"                 RM   "w k, k/m8"                                  AVX512DQ
                 or "VEX.L0.66.0F.W0 91 /r"                 MR   "w m8, k"                                    AVX512DQ
                 or "VEX.L0.66.0F.W0 92 /r"                 RM   "w k, r32"                                   AVX512DQ
                 or "VEX.L0.66.0F.W0 93 /r"                 RM   "w r32, k"                                   AVX512DQ;
    KMOVW           "VEX.L0.0F.W0 90 /r"                    RM   "w k, k/m16"                                 AVX512F
                 or "VEX.L0.0F.W0 91 /r"                    MR   "w m16, k"                                   AVX512F
                 or "VEX.L0.0F.W0 92 /r"                    RM   "w k, r32"                                   AVX512F
                 or "VEX.L0.0F.W0 93 /r"                    RM   "w r32, k"                                   AVX512F;
    KMOVD           "VEX.L0.66.0F.W1 90 /r"                 RM   "w k, k/m32"                                 AVX512BW
                 or "VEX.L0.66.0F.W1 91 /r"                 MR   "w m32, k"                                   AVX512BW
                 or "VEX.L0.F2.0F.W0 92 /r"                 RM   "w k, r32"                                   AVX512BW
                 or "VEX.L0.F2.0F.W0 93 /r"                 RM   "w r32, k"                                   AVX512BW;
    KMOVQ           "VEX.L0.0F.W1 90 /r"                    RM   "w k, k/m64"                                 AVX512BW
                 or "VEX.L0.0F.W1 91 /r"                    MR   "w m64, k"                                   AVX512BW
                 or "VEX.L0.F2.0F.W1 92 /r"                 RM   "w k, r64"                                   AVX512BW
                 or "VEX.L0.F2.0F.W1 93 /r"                 RM   "w r64, k"                                   AVX512BW;
    KANDB           "VEX.L1.66.0F.W0 41 /r"                 RVM  "w k, k, k"                                  AVX512DQ;
    KANDW           "VEX.L1.0F.W0 41 /r"                    RVM  "w k, k, k"                                  AVX512F;
    KANDD           "VEX.L1.66.0F.W1 41 /r"                 RVM  "w k, k, k"                                  AVX512BW;
    KANDQ           "VEX.L1.0F.W1 41 /r"                    RVM  "w k, k, k"                                  AVX512BW;
    KANDNB          "VEX.L1.66.0F.W0 42 /r"                 RVM  "w k, k, k"                                  AVX512DQ;
    KANDNW          "VEX.L1.0F.W0 42 /r"                    RVM  "w k, k, k"                                  AVX512F;
    KANDND          "VEX.L1.66.0F.W1 42 /r"                 RVM  "w k, k, k"                                  AVX512BW;
    KANDNQ          "VEX.L1.0F.W1 42 /r"                    RVM  "w k, k, k"                                  AVX512BW;
    KORB            "VEX.L1.66.0F.W0 45 /r"                 RVM  "w k, k, k"                                  AVX512DQ;
    KORW            "VEX.L1.0F.W0 45 /r"                    RVM  "w k, k, k"                                  AVX512F;
    KORD            "VEX.L1.66.0F.W1 45 /r"                 RVM  "w k, k, k"                                  AVX512BW;
    KORQ            "VEX.L1.0F.W1 45 /r"                    RVM  "w k, k, k"                                  AVX512BW;
    KXNORB          "VEX.L1.66.0F.W0 46 /r"                 RVM  "w k, k, k"                                  AVX512DQ;
    KXNORW          "VEX.L1.0F.W0 46 /r"                    RVM  "w k, k, k"                                  AVX512F;
    KXNORD          "VEX.L1.66.0F.W1 46 /r"                 RVM  "w k, k, k"                                  AVX512BW;
    KXNORQ          "VEX.L1.0F.W1 46 /r"                    RVM  "w k, k, k"                                  AVX512BW;
    KXORB           "VEX.L1.66.0F.W0 47 /r"                 RVM  "w k, k, k"                                  AVX512DQ;
    KXORW           "VEX.L1.0F.W0 47 /r"                    RVM  "w k, k, k"                                  AVX512F;
    KXORD           "VEX.L1.66.0F.W1 47 /r"                 RVM  "w k, k, k"                                  AVX512BW;
    KXORQ           "VEX.L1.0F.W1 47 /r"                    RVM  "w k, k, k"                                  AVX512BW;
    KADDB           "VEX.L1.66.0F.W0 4A /r"                 RVM  "w k, k, k"                                  AVX512DQ;
    KADDW           "VEX.L1.0F.W0 4A /r"                    RVM  "w k, k, k"                                  AVX512DQ;
    KADDD           "VEX.L1.66.0F.W1 4A /r"                 RVM  "w k, k, k"                                  AVX512BW;
    KADDQ           "VEX.L1.0F.W1 4A /r"                    RVM  "w k, k, k"                                  AVX512BW;
    KNOTB           "VEX.L0.66.0F.W0 44 /r"                 RM   "w k, k"                                     AVX512DQ;
    KNOTW           "VEX.L0.0F.W0 44 /r"                    RM   "w k, k"                                     AVX512F;
    KNOTD           "VEX.L0.66.0F.W1 44 /r"                 RM   "w k, k"                                     AVX512BW;
    KNOTQ           "VEX.L0.0F.W1 44 /r"                    RM   "w k, k"                                     AVX512BW;
    KORTESTB        "VEX.L0.66.0F.W0 98 /r"                 RM   "k, k, <w flags>"                            AVX512DQ;
    KORTESTW        "VEX.L0.0F.W0 98 /r"                    RM   "k, k, <w flags>"                            AVX512F;
    KORTESTD        "VEX.L0.66.0F.W1 98 /r"                 RM   "k, k, <w flags>"                            AVX512BW;
    KORTESTQ        "VEX.L0.0F.W1 98 /r"                    RM   "k, k, <w flags>"                            AVX512BW;
    KTESTB          "VEX.L0.66.0F.W0 99 /r"                 RM   "k, k, <w flags>"                            AVX512DQ;
    KTESTW          "VEX.L0.0F.W0 99 /r"                    RM   "k, k, <w flags>"                            AVX512DQ;
    KTESTD          "VEX.L0.66.0F.W1 99 /r"                 RM   "k, k, <w flags>"                            AVX512BW;
    KTESTQ          "VEX.L0.0F.W1 99 /r"                    RM   "k, k, <w flags>"                            AVX512BW;
    KSHIFTLB        "VEX.L0.66.0F3A.W0 32 /r ib"            RMI  "w k, k, imm8"                               AVX512DQ;
    KSHIFTLW        "VEX.L0.66.0F3A.W1 32 /r ib"            RMI  "w k, k, imm8"                               AVX512F;
    KSHIFTLD        "VEX.L0.66.0F3A.W0 33 /r ib"            RMI  "w k, k, imm8"                               AVX512BW;
    KSHIFTLQ        "VEX.L0.66.0F3A.W1 33 /r ib"            RMI  "w k, k, imm8"                               AVX512BW;
    KSHIFTRB        "VEX.L0.66.0F3A.W0 30 /r ib"            RMI  "w k, k, imm8"                               AVX512DQ;
    KSHIFTRW        "VEX.L0.66.0F3A.W1 30 /r ib"            RMI  "w k, k, imm8"                               AVX512F;
    KSHIFTRD        "VEX.L0.66.0F3A.W0 31 /r ib"            RMI  "w k, k, imm8"                               AVX512BW;
    KSHIFTRQ        "VEX.L0.66.0F3A.W1 31 /r ib"            RMI  "w k, k, imm8"                               AVX512BW;
    KUNPCKBW        "VEX.L1.66.0F.W0 4B /r"                 RVM  "w k, k, k"                                  AVX512F;
    KUNPCKWD        "VEX.L1.0F.W0 4B /r"                    RVM  "w k, k, k"                                  AVX512BW;
    KUNPCKDQ        "VEX.L1.0F.W1 4B /r"                    RVM  "w k, k, k"                                  AVX512BW;
    VPMOVM2B        "EVEX.128/256/512.F3.0F38.W0 28 /r"     RM   "w vec, k"                                   AVX512BW;
    VPMOVB2M        "EVEX.128/256/512.F3.0F38.W0 29 /r"     RM   "w k, vec"                                   AVX512BW;
    VPMOVM2W        "EVEX.128/256/512.F3.0F38.W1 28 /r"     RM   "w vec, k"                                   AVX512BW;
    VPMOVW2M        "EVEX.128/256/512.F3.0F38.W1 29 /r"     RM   "w k, vec"                                   AVX512BW;
    VPMOVM2D        "EVEX.128/256/512.F3.0F38.W0 38 /r"     RM   "w vec, k"                                   AVX512DQ;
    VPMOVD2M        "EVEX.128/256/512.F3.0F38.W0 39 /r"     RM   "w k, vec"                                   AVX512DQ;
    VPMOVM2Q        "EVEX.128/256/512.F3.0F38.W1 38 /r"     RM   "w vec, k"                                   AVX512DQ;
    VPMOVQ2M        "EVEX.128/256/512.F3.0F38.W1 39 /r"     RM   "w k, vec"                                   AVX512DQ;

    // The vector unit's state, caches and memory order.
    VZEROUPPER      "VEX.128.0F.WIG 77"                     ZO   ""                                           AVX;
    LDMXCSR         "LEGACY.0F AE /2"                       M    "m32"                                        X64;
    STMXCSR         "LEGACY.0F AE /3"                       M    "w m32"                                      X64;
    PREFETCHNTA     "LEGACY.0F 18 /0"                       M    "mem"                                        X64;
    PREFETCHT0      "LEGACY.0F 18 /1"                       M    "mem"                                        X64;
    PREFETCHT1      "LEGACY.0F 18 /2"                       M    "mem"                                        X64;
    PREFETCHT2      "LEGACY.0F 18 /3"                       M    "mem"                                        X64;
    LFENCE          "LEGACY.0F AE /5"                       ZO   ""                                           X64;
    MFENCE          "LEGACY.0F AE /6"                       ZO   ""                                           X64;
    SFENCE          "LEGACY.0F AE /7"                       ZO   ""                                           X64;
    PAUSE           "LEGACY.F3 90"                          ZO   ""                                           X64;

    // Integers: moves.
    MOV             "LEGACY.16/32/64 89 /r"                 MR   "w r/m, r"                                   X64
                 or "LEGACY.16/32/64 8B /r"                 RM   "w r, r/m"                                   X64
                 or "LEGACY.8 88 /r"                        MR   "w r/m, r"                                   X64
                 or "LEGACY.8 8A /r"                        RM   "w r, r/m"                                   X64
                 or "LEGACY.32 B8+r id"                     OI   "w r, imm32"                                 X64
                 or "LEGACY.32/64 C7 /0 id"                 MI   "w r/m, imm32"                               X64
                 or "LEGACY.64 B8+r io"                     OI   "w r, imm64"                                 X64
                 or "LEGACY.8 C6 /0 ib"                     MI   "w r/m, simm8"                               X64;
    MOVZX_8         "LEGACY.32/64.0F B6 /r"                 RM   "w r, r8/m8"                                 X64;
    MOVZX_16        "LEGACY.32/64.0F B7 /r"                 RM   "w r, r16/m16"                               X64;
    MOVSX_8         "LEGACY.32/64.0F BE /r"                 RM   "w r, r8/m8"                                 X64;
    MOVSX_16        "LEGACY.32/64.0F BF /r"                 RM   "w r, r16/m16"                               X64;
    MOVSXD          "LEGACY.64 63 /r"                       RM   "w r, r32/m32"                               X64;
    LEA             "LEGACY.32/64 8D /r"                    RM   "w r, mem"                                   X64;
    XCHG            "LEGACY.32/64 87 /r"                    MR   "rw r/m, rw r"                               X64;
    PUSH            "LEGACY 50+r"                           O    "r64, <rw rsp>"                              X64
                 or "LEGACY 6A ib"                          I    "simm8, <rw rsp>"                            X64
                 or "LEGACY 68 id"                          I    "imm32, <rw rsp>"                            X64
                 or "LEGACY FF /6"                          M    "m64, <rw rsp>"                              X64;
    POP             "LEGACY 58+r"                           O    "w r64, <rw rsp>"                            X64
                 or "LEGACY 8F /0"                          M    "w m64, <rw rsp>"                            X64;
    CMOVO           "LEGACY.32/64.0F 40 /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVNO          "LEGACY.32/64.0F 41 /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVB           "LEGACY.32/64.0F 42 /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVAE          "LEGACY.32/64.0F 43 /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVE           "LEGACY.32/64.0F 44 /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVNE          "LEGACY.32/64.0F 45 /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVBE          "LEGACY.32/64.0F 46 /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVA           "LEGACY.32/64.0F 47 /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVS           "LEGACY.32/64.0F 48 /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVNS          "LEGACY.32/64.0F 49 /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVP           "LEGACY.32/64.0F 4A /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVNP          "LEGACY.32/64.0F 4B /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVL           "LEGACY.32/64.0F 4C /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVGE          "LEGACY.32/64.0F 4D /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVLE          "LEGACY.32/64.0F 4E /r"                 RM   "rw r, r/m, <flags>"                         X64;
    CMOVG           "LEGACY.32/64.0F 4F /r"                 RM   "rw r, r/m, <flags>"                         X64;

    // Integers: arithmetic and bits.
    ADD             "LEGACY.32/64 01 /r"                    MR   "rw r/m, r, <w flags>"                       X64
                 or "LEGACY.32/64 03 /r"                    RM   "rw r, r/m, <w flags>"                       X64
                 or "LEGACY.32/64 83 /0 ib"                 MI   "rw r/m, simm8, <w flags>"                   X64
                 or "LEGACY.32/64 81 /0 id"                 MI   "rw r/m, imm32, <w flags>"                   X64;
    OR              "LEGACY.32/64 09 /r"                    MR   "rw r/m, r, <w flags>"                       X64
                 or "LEGACY.32/64 0B /r"                    RM   "rw r, r/m, <w flags>"                       X64
                 or "LEGACY.32/64 83 /1 ib"                 MI   "rw r/m, simm8, <w flags>"                   X64
                 or "LEGACY.32/64 81 /1 id"                 MI   "rw r/m, imm32, <w flags>"                   X64;
    ADC             "LEGACY.32/64 11 /r"                    MR   "rw r/m, r, <rw flags>"                      X64
                 or "LEGACY.32/64 13 /r"                    RM   "rw r, r/m, <rw flags>"                      X64
                 or "LEGACY.32/64 83 /2 ib"                 MI   "rw r/m, simm8, <rw flags>"                  X64
                 or "LEGACY.32/64 81 /2 id"                 MI   "rw r/m, imm32, <rw flags>"                  X64;
    SBB             "LEGACY.32/64 19 /r"                    MR   "rw r/m, r, <rw flags>"                      X64
                 or "LEGACY.32/64 1B /r"                    RM   "rw r, r/m, <rw flags>"                      X64
                 or "LEGACY.32/64 83 /3 ib"                 MI   "rw r/m, simm8, <rw flags>"                  X64
                 or "LEGACY.32/64 81 /3 id"                 MI   "rw r/m, imm32, <rw flags>"                  X64;
    AND             "LEGACY.32/64 21 /r"                    MR   "rw r/m, r, <w flags>"                       X64
                 or "LEGACY.32/64 23 /r"                    RM   "rw r, r/m, <w flags>"                       X64
                 or "LEGACY.32/64 83 /4 ib"                 MI   "rw r/m, simm8, <w flags>"                   X64
                 or "LEGACY.32/64 81 /4 id"                 MI   "rw r/m, imm32, <w flags>"                   X64;
    SUB             "LEGACY.32/64 29 /r"                    MR   "rw r/m, r, <w flags>"                       X64
                 or "LEGACY.32/64 2B /r"                    RM   "rw r, r/m, <w flags>"                       X64
                 or "LEGACY.32/64 83 /5 ib"                 MI   "rw r/m, simm8, <w flags>"                   X64
                 or "LEGACY.32/64 81 /5 id"                 MI   "rw r/m, imm32, <w flags>"                   X64;
    XOR             "LEGACY.32/64 31 /r"                    MR   "rw r/m, r, <w flags>"                       X64
                 or "LEGACY.32/64 33 /r"                    RM   "rw r, r/m, <w flags>"                       X64
                 or "LEGACY.32/64 83 /6 ib"                 MI   "rw r/m, simm8, <w flags>"                   X64
                 or "LEGACY.32/64 81 /6 id"                 MI   "rw r/m, imm32, <w flags>"                   X64;
    CMP             "LEGACY.32/64 39 /r"                    MR   "r/m, r, <w flags>"                          X64
                 or "LEGACY.32/64 3B /r"                    RM   "r, r/m, <w flags>"                          X64
                 or "LEGACY.32/64 83 /7 ib"                 MI   "r/m, simm8, <w flags>"                      X64
                 or "LEGACY.32/64 81 /7 id"                 MI   "r/m, imm32, <w flags>"                      X64;
    TEST            "LEGACY.32/64 85 /r"                    MR   "r/m, r, <w flags>"                          X64
                 or "LEGACY.8 84 /r"                        MR   "r/m, r, <w flags>"                          X64
                 or "LEGACY.8 F6 /0 ib"                     MI   "r/m, simm8, <w flags>"                      X64
                 or "LEGACY.32/64 F7 /0 id"                 MI   "r/m, imm32, <w flags>"                      X64;
    INC             "LEGACY.32/64 FF /0"                    M    "rw r/m, <w flags>"                          X64;
    DEC             "LEGACY.32/64 FF /1"                    M    "rw r/m, <w flags>"                          X64;
    NOT             "LEGACY.32/64 F7 /2"                    M    "rw r/m"                                     X64;
    NEG             "LEGACY.32/64 F7 /3"                    M    "rw r/m, <w flags>"                          X64;
    MUL             "LEGACY.32/64 F7 /4"                    M    "r/m, <rw rax>, <w rdx>, <w flags>"          X64;
    IMUL            "LEGACY.32/64.0F AF /r"                 RM   "rw r, r/m, <w flags>"                       X64
                 or "LEGACY.32/64 6B /r ib"                 RMI  "w r, r/m, simm8, <w flags>"                 X64
                 or "LEGACY.32/64 69 /r id"                 RMI  "w r, r/m, imm32, <w flags>"                 X64
                 or "LEGACY.32/64 F7 /5"                    M    "r/m, <rw rax>, <w rdx>, <w flags>"          X64;
    DIV             "LEGACY.32/64 F7 /6"                    M    "r/m, <rw rax>, <rw rdx>, <w flags>"         X64;
    IDIV            "LEGACY.32/64 F7 /7"                    M    "r/m, <rw rax>, <rw rdx>, <w flags>"         X64;
    CDQ             "LEGACY 99"                             ZO   "<rax>, <w rdx>"                             X64;
    CQO             "LEGACY.W1 99"                          ZO   "<rax>, <w rdx>"                             X64;
    MULX            "VEX.LZ.F2.0F38.W0 F6 /r"               RVM  "w r, w r, r/m, <rdx>"                       BMI2
                 or "VEX.LZ.F2.0F38.W1 F6 /r"               RVM  "w r, w r, r/m, <rdx>"                       BMI2;
    ANDN            "VEX.LZ.0F38.W0 F2 /r"                  RVM  "w r, r, r/m, <w flags>"                     BMI1
                 or "VEX.LZ.0F38.W1 F2 /r"                  RVM  "w r, r, r/m, <w flags>"                     BMI1;
    BLSR            "VEX.LZ.0F38.W0 F3 /1"                  VM   "w r, r/m, <w flags>"                        BMI1
                 or "VEX.LZ.0F38.W1 F3 /1"                  VM   "w r, r/m, <w flags>"                        BMI1;
    BLSMSK          "VEX.LZ.0F38.W0 F3 /2"                  VM   "w r, r/m, <w flags>"                        BMI1
                 or "VEX.LZ.0F38.W1 F3 /2"                  VM   "w r, r/m, <w flags>"                        BMI1;
    BLSI            "VEX.LZ.0F38.W0 F3 /3"                  VM   "w r, r/m, <w flags>"                        BMI1
                 or "VEX.LZ.0F38.W1 F3 /3"                  VM   "w r, r/m, <w flags>"                        BMI1;
    BZHI            "VEX.LZ.0F38.W0 F5 /r"                  RMV  "w r, r/m, r, <w flags>"                     BMI2
                 or "VEX.LZ.0F38.W1 F5 /r"                  RMV  "w r, r/m, r, <w flags>"                     BMI2;
    PDEP            "VEX.LZ.F2.0F38.W0 F5 /r"               RVM  "w r, r, r/m"                                BMI2
                 or "VEX.LZ.F2.0F38.W1 F5 /r"               RVM  "w r, r, r/m"                                BMI2;
    PEXT            "VEX.LZ.F3.0F38.W0 F5 /r"               RVM  "w r, r, r/m"                                BMI2
                 or "VEX.LZ.F3.0F38.W1 F5 /r"               RVM  "w r, r, r/m"                                BMI2;
    BSF             "LEGACY.32/64.0F BC /r"                 RM   "rw r, r/m, <w flags>"                       X64;
    BSR             "LEGACY.32/64.0F BD /r"                 RM   "rw r, r/m, <w flags>"                       X64;
    TZCNT           "LEGACY.F3.32/64.0F BC /r"              RM   "w r, r/m, <w flags>"                        BMI1;
    LZCNT           "LEGACY.F3.32/64.0F BD /r"              RM   "w r, r/m, <w flags>"                        LZCNT;
    POPCNT          "LEGACY.F3.32/64.0F B8 /r"              RM   "w r, r/m, <w flags>"                        POPCNT;
    BT              "LEGACY.32/64.0F A3 /r"                 MR   "r, r, <w flags>"                            X64
                 or "LEGACY.32/64.0F BA /4 ib"              MI   "r/m, imm8, <w flags>"                       X64;

    // Integers: shifts; `_CL` by the low bits of rcx.
    ROL             "LEGACY.32/64 D1 /0"                    MN   "rw r/m, one, <w flags>"                     X64
                 or "LEGACY.32/64 C1 /0 ib"                 MI   "rw r/m, imm8, <w flags>"                    X64;
    ROL_CL          "LEGACY.32/64 D3 /0"                    M    "rw r/m, <rcx>, <w flags>"                   X64;
    ROR             "LEGACY.32/64 D1 /1"                    MN   "rw r/m, one, <w flags>"                     X64
                 or "LEGACY.32/64 C1 /1 ib"                 MI   "rw r/m, imm8, <w flags>"                    X64;
    ROR_CL          "LEGACY.32/64 D3 /1"                    M    "rw r/m, <rcx>, <w flags>"                   X64;
    SHL             "LEGACY.32/64 D1 /4"                    MN   "rw r/m, one, <w flags>"                     X64
                 or "LEGACY.32/64 C1 /4 ib"                 MI   "rw r/m, imm8, <w flags>"                    X64;
    SHL_CL          "LEGACY.32/64 D3 /4"                    M    "rw r/m, <rcx>, <w flags>"                   X64;
    SHR             "LEGACY.32/64 D1 /5"                    MN   "rw r/m, one, <w flags>"                     X64
                 or "LEGACY.32/64 C1 /5 ib"                 MI   "rw r/m, imm8, <w flags>"                    X64;
    SHR_CL          "LEGACY.32/64 D3 /5"                    M    "rw r/m, <rcx>, <w flags>"                   X64;
    SAR             "LEGACY.32/64 D1 /7"                    MN   "rw r/m, one, <w flags>"                     X64
                 or "LEGACY.32/64 C1 /7 ib"                 MI   "rw r/m, imm8, <w flags>"                    X64;
    SAR_CL          "LEGACY.32/64 D3 /7"                    M    "rw r/m, <rcx>, <w flags>"                   X64;
    SHLX            "VEX.LZ.66.0F38.W0 F7 /r"               RMV  "w r, r/m, r"                                BMI2
                 or "VEX.LZ.66.0F38.W1 F7 /r"               RMV  "w r, r/m, r"                                BMI2;
    SHRX            "VEX.LZ.F2.0F38.W0 F7 /r"               RMV  "w r, r/m, r"                                BMI2
                 or "VEX.LZ.F2.0F38.W1 F7 /r"               RMV  "w r, r/m, r"                                BMI2;
    SARX            "VEX.LZ.F3.0F38.W0 F7 /r"               RMV  "w r, r/m, r"                                BMI2
                 or "VEX.LZ.F3.0F38.W1 F7 /r"               RMV  "w r, r/m, r"                                BMI2;
    RORX            "VEX.LZ.F2.0F3A.W0 F0 /r ib"            RMI  "w r, r/m, imm8"                             BMI2
                 or "VEX.LZ.F2.0F3A.W1 F0 /r ib"            RMI  "w r, r/m, imm8"                             BMI2;

    // Integers: conditions to a byte.
    SETO            "LEGACY.0F 90 /0"                       M    "w r8/m8, <flags>"                           X64;
    SETNO           "LEGACY.0F 91 /0"                       M    "w r8/m8, <flags>"                           X64;
    SETB            "LEGACY.0F 92 /0"                       M    "w r8/m8, <flags>"                           X64;
    SETAE           "LEGACY.0F 93 /0"                       M    "w r8/m8, <flags>"                           X64;
    SETE            "LEGACY.0F 94 /0"                       M    "w r8/m8, <flags>"                           X64;
    SETNE           "LEGACY.0F 95 /0"                       M    "w r8/m8, <flags>"                           X64;
    SETBE           "LEGACY.0F 96 /0"                       M    "w r8/m8, <flags>"                           X64;
    SETA            "LEGACY.0F 97 /0"                       M    "w r8/m8, <flags>"                           X64;
    SETS            "LEGACY.0F 98 /0"                       M    "w r8/m8, <flags>"                           X64;
    SETNS           "LEGACY.0F 99 /0"                       M    "w r8/m8, <flags>"                           X64;
    SETP            "LEGACY.0F 9A /0"                       M    "w r8/m8, <flags>"                           X64;
    SETNP           "LEGACY.0F 9B /0"                       M    "w r8/m8, <flags>"                           X64;
    SETL            "LEGACY.0F 9C /0"                       M    "w r8/m8, <flags>"                           X64;
    SETGE           "LEGACY.0F 9D /0"                       M    "w r8/m8, <flags>"                           X64;
    SETLE           "LEGACY.0F 9E /0"                       M    "w r8/m8, <flags>"                           X64;
    SETG            "LEGACY.0F 9F /0"                       M    "w r8/m8, <flags>"                           X64;

    // Integers: atomically.
    LOCK_XADD       "LEGACY.LOCK.32/64.0F C1 /r"            MR   "rw m, rw r, <w flags>"                      X64;
    LOCK_CMPXCHG    "LEGACY.LOCK.32/64.0F B1 /r"            MR   "rw m, r, <rw rax>, <w flags>"               X64;

    // Control.
    JMP             "LEGACY EB cb"                          D    "rel8"                                       X64
                 or "LEGACY E9 cd"                          D    "rel32"                                      X64
                 or "LEGACY FF /4"                          M    "r64/m64"                                    X64;
    JO              "LEGACY 70 cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 80 cd"                       D    "rel32, <flags>"                             X64;
    JNO             "LEGACY 71 cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 81 cd"                       D    "rel32, <flags>"                             X64;
    JB              "LEGACY 72 cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 82 cd"                       D    "rel32, <flags>"                             X64;
    JAE             "LEGACY 73 cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 83 cd"                       D    "rel32, <flags>"                             X64;
    JE              "LEGACY 74 cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 84 cd"                       D    "rel32, <flags>"                             X64;
    JNE             "LEGACY 75 cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 85 cd"                       D    "rel32, <flags>"                             X64;
    JBE             "LEGACY 76 cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 86 cd"                       D    "rel32, <flags>"                             X64;
    JA              "LEGACY 77 cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 87 cd"                       D    "rel32, <flags>"                             X64;
    JS              "LEGACY 78 cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 88 cd"                       D    "rel32, <flags>"                             X64;
    JNS             "LEGACY 79 cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 89 cd"                       D    "rel32, <flags>"                             X64;
    JP              "LEGACY 7A cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 8A cd"                       D    "rel32, <flags>"                             X64;
    JNP             "LEGACY 7B cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 8B cd"                       D    "rel32, <flags>"                             X64;
    JL              "LEGACY 7C cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 8C cd"                       D    "rel32, <flags>"                             X64;
    JGE             "LEGACY 7D cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 8D cd"                       D    "rel32, <flags>"                             X64;
    JLE             "LEGACY 7E cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 8E cd"                       D    "rel32, <flags>"                             X64;
    JG              "LEGACY 7F cb"                          D    "rel8, <flags>"                              X64
                 or "LEGACY.0F 8F cd"                       D    "rel32, <flags>"                             X64;
    CALL            "LEGACY E8 cd"                          D    "rel32, <rw rsp>"                            X64
                 or "LEGACY FF /2"                          M    "r64/m64, <rw rsp>"                          X64;
    RET             "LEGACY C3"                             ZO   "<rw rsp>"                                   X64;
    NOP             "LEGACY 90"                             ZO   ""                                           X64;
    UD2             "LEGACY.0F 0B"                          ZO   ""                                           X64;
    INT3            "LEGACY CC"                             ZO   ""                                           X64;
}
