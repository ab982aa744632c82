//! NumPy files: reading what `numpy.save` wrote, and writing what `numpy.load` reads.

use anyhow::{Context, bail};
use npyz::{DType, NpyFile, Order, TypeChar, WriterBuilder};
use std::io::Write;
use std::path::Path;

/// The numbers of a file, flattened in C order.
pub(crate) struct Array {
    pub(crate) shape: Vec<u64>,
    pub(crate) values: Values,
}

/// Reals and integers are kept apart: an i64 does not fit an f64.
pub(crate) enum Values {
    Real(Vec<f64>),
    Integer(Vec<i64>),
}

/// Headers are a line of text; a long one is no header but an attempt to exhaust
/// the header parser.
const MAX_HEADER: usize = 1024;

/// Reads an array of any shape of f32, f64, i32 or i64.
pub(crate) fn read(path: &Path) -> anyhow::Result<Array> {
    let name = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    parse(&bytes).with_context(|| format!("cannot read {name}"))
}

fn parse(bytes: &[u8]) -> anyhow::Result<Array> {
    // Magic, version, then the header's length in two or four bytes
    // (numpy.lib.format).
    let header = match bytes {
        [0x93, b'N', b'U', b'M', b'P', b'Y', 1, _, a, b, ..] => {
            usize::from(u16::from_le_bytes([*a, *b]))
        }
        [0x93, b'N', b'U', b'M', b'P', b'Y', 2 | 3, _, a, b, c, d, ..] => {
            u32::from_le_bytes([*a, *b, *c, *d]) as usize
        }
        _ => bail!("it is no .npy file"),
    };
    if header > MAX_HEADER {
        bail!("its header has {header} bytes, more than any array of numbers needs");
    }
    let file = NpyFile::new(bytes).context("its header is malformed")?;
    let shape = file.shape().to_vec();
    if file.order() == Order::Fortran && shape.len() > 1 {
        bail!("it is in Fortran order; save it with numpy.ascontiguousarray first");
    }
    let DType::Plain(ty) = file.dtype() else {
        bail!("it holds records, not numbers")
    };
    let width = match ty.type_char() {
        TypeChar::Float | TypeChar::Int => ty.size_field(),
        other => bail!("it holds `{other}`, not f32, f64, i32 or i64"),
    };
    // Checked before anything is allocated: the header may claim any shape.
    let count = shape
        .iter()
        .try_fold(1u64, |count, &side| count.checked_mul(side));
    let claimed = count.and_then(|count| count.checked_mul(width));
    if claimed.is_none_or(|claimed| claimed > bytes.len() as u64) {
        bail!("it is truncated: its header promises more numbers than it holds");
    }
    let truncated = "it is truncated";
    let values = match (ty.type_char(), width) {
        (TypeChar::Float, 8) => Values::Real(file.into_vec().context(truncated)?),
        (TypeChar::Float, 4) => {
            let values: Vec<f32> = file.into_vec().context(truncated)?;
            Values::Real(values.into_iter().map(f64::from).collect())
        }
        (TypeChar::Int, 8) => Values::Integer(file.into_vec().context(truncated)?),
        (TypeChar::Int, 4) => {
            let values: Vec<i32> = file.into_vec().context(truncated)?;
            Values::Integer(values.into_iter().map(i64::from).collect())
        }
        (kind, width) => bail!("it holds `{kind}{width}`, not f32, f64, i32 or i64"),
    };
    Ok(Array { shape, values })
}

/// Writes `values` in C order under `shape`.
pub(crate) fn write<T>(to: &mut dyn Write, shape: &[u64], values: &[T]) -> std::io::Result<()>
where
    T: npyz::AutoSerialize + Copy,
{
    let mut writer = npyz::WriteOptions::new()
        .default_dtype()
        .shape(shape)
        .writer(to)
        .begin_nd()?;
    writer.extend(values.iter().copied())?;
    writer.finish()
}
