//! Films: a picture, an animated picture, or a numbered file for each frame.

use crate::new_file::NewFile;
use anyhow::{Context, bail};
use smalto::field::picture::{Animation, Picture};
use std::io;
use std::path::{Path, PathBuf};

/// Where frames go.
pub(crate) struct Film {
    output: PathBuf,
    /// How many there are, if it is a film.
    frames: Option<u32>,
    /// The file for all of them, once begun; none if each has its own.
    file: Option<NewFile>,
}

impl Film {
    /// A film of so many frames, or a picture. With a `#` in its name, frames have a file each.
    /// `how_many` is the option that says how many there are.
    pub(crate) fn new(output: &Path, frames: Option<u32>, how_many: &str) -> anyhow::Result<Film> {
        let film = Film {
            output: output.into(),
            frames,
            file: None,
        };
        if film.is_numbered() && frames.is_none() {
            bail!("a `#` in the name stands for the number of a frame; say how many: {how_many}");
        }
        Ok(film)
    }

    /// Whether all frames are in one file.
    pub(crate) fn is_animated(&self) -> bool {
        self.frames.is_some() && !self.is_numbered()
    }

    fn is_numbered(&self) -> bool {
        self.file_name().contains('#')
    }

    /// The frames there are to make.
    pub(crate) fn frames(&self) -> u32 {
        self.frames.unwrap_or(1)
    }

    /// Begins the file, as far as it can be before there is anything to write.
    pub(crate) fn begin(
        mut self,
        create: impl Fn(&Path) -> anyhow::Result<NewFile>,
    ) -> anyhow::Result<Film> {
        if !self.is_numbered() {
            self.file = Some(create(&self.output)?);
        }
        Ok(self)
    }

    /// Makes and writes all frames; what was written.
    pub(crate) fn shoot(
        mut self,
        per_second: f64,
        create: impl Fn(&Path) -> anyhow::Result<NewFile>,
        write: impl Fn(&Picture, &mut NewFile) -> io::Result<()>,
        mut frame: impl FnMut(u32) -> anyhow::Result<Picture>,
    ) -> anyhow::Result<String> {
        let frames = self.frames();
        let complete = |picture: &Picture, mut file: NewFile| {
            write(picture, &mut file).map_err(|error| file.failed(error))?;
            file.finish()
        };
        match self.file.take() {
            None => {
                for number in 0..frames {
                    let file = create(&self.numbered(number))?;
                    complete(&frame(number)?, file)?;
                }
                let (first, last) = (self.numbered(0), self.numbered(frames - 1));
                return Ok(format!("{} to {}", first.display(), last.display()));
            }
            Some(file) if self.frames.is_none() => complete(&frame(0)?, file)?,
            Some(mut file) => {
                let first = frame(0)?;
                let cannot_write = || format!("cannot write {}", self.output.display());
                let mut animation = Animation::new(&mut file, &first, frames, per_second)
                    .with_context(cannot_write)?;
                animation.frame(&first).with_context(cannot_write)?;
                for number in 1..frames {
                    animation
                        .frame(&frame(number)?)
                        .with_context(cannot_write)?;
                }
                animation.finish().with_context(cannot_write)?;
                file.finish()?;
            }
        }
        Ok(self.output.display().to_string())
    }

    /// The name of a frame's file: the first run of `#` is its number, in as many digits at
    /// least.
    fn numbered(&self, number: u32) -> PathBuf {
        let name = self.file_name();
        let first = name.find('#').expect("the name has a place for a number");
        let marks = name[first..].chars().take_while(|&c| c == '#').count();
        let digits = marks.max((self.frames() - 1).to_string().len());
        let rest = &name[first + marks..];
        self.output
            .with_file_name(format!("{}{number:0digits$}{rest}", &name[..first]))
    }

    fn file_name(&self) -> String {
        let name = self.output.file_name().unwrap_or_default();
        name.to_string_lossy().into_owned()
    }
}

/// Frames a second.
pub(crate) fn parse_rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if (0.02..=1000.0).contains(&rate) => Ok(rate),
        _ => Err("give frames a second, 0.02 to 1000, as in 25".into()),
    }
}
