//! A kernel as an ELF object, for debuggers: a symbol at its address, and how to unwind.
//!
//! The object has no code in it, only where the code is. (System V ABI, chapter 4,
//! "Object Files"; 64-bit, little-endian.)

use super::dwarf;

/// Sections, in the order of their headers. The first is empty by decree.
const SECTIONS: usize = 5;
const TEXT: u16 = 1;
const STRINGS: u16 = 4;

const HEADER_BYTES: usize = 64;
const SECTION_HEADER_BYTES: usize = 64;
const SYMBOL_BYTES: usize = 24;

/// Section types and flags.
mod section {
    pub(super) const PROGBITS: u32 = 1;
    pub(super) const SYMTAB: u32 = 2;
    pub(super) const STRTAB: u32 = 3;
    pub(super) const NOBITS: u32 = 8;
    pub(super) const ALLOC: u64 = 2;
    pub(super) const EXECINSTR: u64 = 4;
}

/// What a section header says.
#[derive(Default)]
struct Section {
    name: &'static str,
    kind: u32,
    flags: u64,
    address: u64,
    /// Bytes in memory, if there are none in the file.
    length: u64,
    content: Vec<u8>,
    /// The section it refers to.
    link: u32,
    /// The first symbol that is not local.
    info: u32,
    entry_bytes: u64,
}

/// The object of a kernel called `name`, `length` bytes at `start`.
pub(super) fn object(name: &str, start: u64, length: u64) -> Vec<u8> {
    let mut strings = vec![0];
    let symbols = [
        [0; SYMBOL_BYTES],
        function(push_name(&mut strings, name), length),
    ];
    let sections = [
        Section::default(),
        Section {
            name: ".text",
            kind: section::NOBITS,
            flags: section::ALLOC | section::EXECINSTR,
            address: start,
            length,
            ..Section::default()
        },
        Section {
            name: ".eh_frame",
            kind: section::PROGBITS,
            flags: section::ALLOC,
            content: dwarf::eh_frame(start, length),
            ..Section::default()
        },
        Section {
            name: ".symtab",
            kind: section::SYMTAB,
            content: symbols.concat(),
            link: u32::from(STRINGS),
            info: 1,
            entry_bytes: SYMBOL_BYTES as u64,
            ..Section::default()
        },
        Section {
            name: ".strtab",
            kind: section::STRTAB,
            ..Section::default()
        },
    ];
    assemble(sections, strings)
}

/// Puts the parts in a row: the header, what is in the sections, their headers.
fn assemble(mut sections: [Section; SECTIONS], mut strings: Vec<u8>) -> Vec<u8> {
    let names = sections.each_ref().map(|section| match section.name {
        "" => 0,
        name => push_name(&mut strings, name),
    });
    sections[STRINGS as usize].content = strings;
    let mut object = vec![0; HEADER_BYTES];
    let mut headers = Vec::with_capacity(SECTIONS * SECTION_HEADER_BYTES);
    for (section, name) in sections.iter().zip(names) {
        object.resize(object.len().next_multiple_of(8), 0);
        headers.extend(section.header(name, object.len() as u64));
        object.extend(&section.content);
    }
    object.resize(object.len().next_multiple_of(8), 0);
    let header = file_header(object.len() as u64);
    object[..HEADER_BYTES].copy_from_slice(&header);
    object.extend(headers);
    object
}

/// Appends a string; where it is.
fn push_name(strings: &mut Vec<u8>, name: &str) -> u32 {
    let at = strings.len() as u32;
    strings.extend(name.bytes().filter(|&byte| byte != 0));
    strings.push(0);
    at
}

fn file_header(section_headers: u64) -> Vec<u8> {
    const CLASS_64: u8 = 2;
    const LITTLE_ENDIAN: u8 = 1;
    const CURRENT: u8 = 1;
    const RELOCATABLE: u16 = 1;
    const X86_64: u16 = 62;
    let mut header = b"\x7fELF".to_vec();
    header.extend([CLASS_64, LITTLE_ENDIAN, CURRENT]);
    header.resize(16, 0);
    header.extend(RELOCATABLE.to_le_bytes());
    header.extend(X86_64.to_le_bytes());
    header.extend(u32::from(CURRENT).to_le_bytes());
    // Neither an entry nor program headers.
    header.extend([0; 16]);
    header.extend(section_headers.to_le_bytes());
    header.extend([0; 4]);
    let sizes = [HEADER_BYTES, 0, 0, SECTION_HEADER_BYTES, SECTIONS];
    header.extend(sizes.iter().flat_map(|&size| (size as u16).to_le_bytes()));
    header.extend(STRINGS.to_le_bytes());
    header
}

/// A global function at the start of the text.
fn function(name: u32, length: u64) -> [u8; SYMBOL_BYTES] {
    const GLOBAL_FUNCTION: u8 = 1 << 4 | 2;
    let mut symbol = [0; SYMBOL_BYTES];
    symbol[..4].copy_from_slice(&name.to_le_bytes());
    symbol[4] = GLOBAL_FUNCTION;
    symbol[6..8].copy_from_slice(&TEXT.to_le_bytes());
    symbol[16..].copy_from_slice(&length.to_le_bytes());
    symbol
}

impl Section {
    fn header(&self, name: u32, offset: u64) -> Vec<u8> {
        let length = self.length.max(self.content.len() as u64);
        let alignment = 8u64;
        let mut header = Vec::with_capacity(SECTION_HEADER_BYTES);
        header.extend([name, self.kind].iter().flat_map(|word| word.to_le_bytes()));
        for long in [self.flags, self.address, offset, length] {
            header.extend(long.to_le_bytes());
        }
        header.extend(
            [self.link, self.info]
                .iter()
                .flat_map(|word| word.to_le_bytes()),
        );
        for long in [alignment, self.entry_bytes] {
            header.extend(long.to_le_bytes());
        }
        header
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Little-endian numbers and strings out of an object.
    struct Reader(Vec<u8>);

    impl Reader {
        fn number(&self, at: usize, bytes: usize) -> usize {
            let bytes = &self.0[at..at + bytes];
            bytes
                .iter()
                .rev()
                .fold(0, |number, &byte| number << 8 | usize::from(byte))
        }

        fn string(&self, at: usize) -> &str {
            let length = self.0[at..].iter().position(|&byte| byte == 0).unwrap();
            std::str::from_utf8(&self.0[at..at + length]).unwrap()
        }

        /// The place of a section header, and where its content is.
        fn section(&self, name: &str) -> (usize, usize) {
            let (headers, size) = (self.number(0x28, 8), self.number(0x3a, 2));
            let count = self.number(0x3c, 2);
            let strings = self.number(headers + size * self.number(0x3e, 2) + 0x18, 8);
            let mut places = (0..count).map(|index| headers + size * index);
            let found = places.find(|&at| self.string(strings + self.number(at, 4)) == name);
            let at = found.unwrap_or_else(|| panic!("no section {name}"));
            (at, self.number(at + 0x18, 8))
        }
    }

    #[test]
    fn an_object_says_where_the_kernel_is_and_what_it_is_called() {
        let (start, length) = (0x7f00_1234_0000, 0x321);
        let object = Reader(object("prospero", start, length));
        assert_eq!(object.0[..7], *b"\x7fELF\x02\x01\x01");
        assert_eq!(object.number(0x12, 2), 62, "x86-64");

        let (text, _) = object.section(".text");
        assert_eq!(object.number(text + 0x10, 8), start as usize);
        assert_eq!(object.number(text + 0x20, 8), length as usize);

        let (symbols, content) = object.section(".symtab");
        let count = object.number(symbols + 0x20, 8) / object.number(symbols + 0x38, 8);
        assert_eq!(count, 2, "the null symbol and ours");
        let (_, strings) = object.section(".strtab");
        let symbol = content + 24;
        assert_eq!(
            object.string(strings + object.number(symbol, 4)),
            "prospero"
        );
        assert_eq!(object.number(symbol + 6, 2), usize::from(TEXT));
        assert_eq!(object.number(symbol + 16, 8), length as usize);

        let (frames, content) = object.section(".eh_frame");
        let bytes = object.number(frames + 0x20, 8);
        assert_eq!(
            object.0[content..content + bytes],
            dwarf::eh_frame(start, length)
        );
    }
}
