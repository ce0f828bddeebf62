//! Words as sums of vectors that were learnt once from how English is used: what no example of the
//! roster says is still near to what one says.
//!
//! The vectors stand in `assets/pieces.bin`: one for each piece of a word, eight bits a number,
//! found by the hash of the piece, so that nothing has to be built at start. `baton models
//! pack-pieces` makes the file anew from what `assets/NOTICE` names.

use super::words::Words;

/// The vectors.
static PIECES: &[u8] = include_bytes!("assets/pieces.bin");
/// First bytes of the file: what it is and how it is laid out.
const MAGIC: &[u8; 4] = b"BPC1";
/// Numbers in a vector.
pub(super) const DIMS: usize = 128;
/// Places of the table that finds a piece; less than half of them are taken.
const PLACES: usize = 1 << 16;
/// The row of a place that is free.
const FREE: u16 = u16::MAX;
/// Bytes before the table: magic, and how many rows there are.
const HEAD: usize = 8;
/// Pieces of one word that are looked for; longer words are keys and links.
const WORD_PIECES_MAX: usize = 12;

/// A text's direction; of length one, or all zero if nothing of it is known.
pub(super) type Direction = [f32; DIMS];

/// The direction of a text: the sum over its words, rare ones counting more, at length one.
pub(super) fn direction(words: &Words) -> Direction {
    let mut sum = [0.0; DIMS];
    for word in words.iter() {
        add_word(word, &mut sum);
    }
    let length = libm::sqrtf(sum.iter().map(|value| value * value).sum());
    if length > 0.0 {
        for value in &mut sum {
            *value /= length;
        }
    }
    sum
}

/// Whether a word is a common one of English, as a whole.
pub(super) fn is_common(word: &str) -> bool {
    longest(word, false).is_some_and(|(_, length)| length == word.len())
}

fn add_word(word: &str, sum: &mut Direction) {
    let mut rest = word;
    while let Some(at) = rest.find('\'') {
        let (before, from) = rest.split_at(at);
        add_letters(before, sum);
        let (apostrophe, after) = from.split_at(1);
        add_letters(apostrophe, sum);
        rest = after;
    }
    add_letters(rest, sum);
}

/// The longest known piece from the left on, again and again; a word with an unknown rest counts for nothing.
fn add_letters(word: &str, sum: &mut Direction) {
    let mut rows = [0; WORD_PIECES_MAX];
    let mut count = 0;
    let mut rest = word;
    while !rest.is_empty() {
        let Some((row, length)) = longest(rest, count > 0) else { return };
        let Some(place) = rows.get_mut(count) else { return };
        *place = row;
        count += 1;
        rest = rest.get(length..).unwrap_or_default();
    }
    for row in rows.iter().take(count) {
        add_row(*row, sum);
    }
}

/// The longest known piece that `text` begins with: its row and its length in bytes.
fn longest(text: &str, inside: bool) -> Option<(usize, usize)> {
    let mut found = None;
    let mut hash = beginning(inside);
    for (at, byte) in text.bytes().enumerate() {
        hash = mix(hash, byte);
        if text.is_char_boundary(at + 1) {
            found = row(hash).map(|row| (row, at + 1)).or(found);
        }
    }
    found
}

/// The hash that a piece begins with, at the beginning of a word or inside.
const fn beginning(inside: bool) -> u64 {
    if inside { 0x9e37_79b9_7f4a_7c15 } else { 0x2545_f491_4f6c_dd1d }
}

const fn mix(hash: u64, byte: u8) -> u64 {
    (hash.rotate_left(5) ^ byte as u64).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// Where a hash is looked for first, and the mark that it is known by there.
const fn place(hash: u64) -> (usize, u32) {
    let hash = (hash ^ (hash >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    ((hash >> 48) as usize, hash as u32)
}

/// How many rows the file has.
fn rows() -> usize {
    number(HEAD - 4) as usize
}

fn number(at: usize) -> u32 {
    let bytes = PIECES.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
    bytes.map_or(0, u32::from_le_bytes)
}

fn row(hash: u64) -> Option<usize> {
    let (mut at, mark) = place(hash);
    for _ in 0..PLACES {
        let bytes = PIECES.get(HEAD + 2 * at..HEAD + 2 * at + 2)?.try_into().ok()?;
        let row = u16::from_le_bytes(bytes);
        if row == FREE {
            return None;
        }
        if number(HEAD + 2 * PLACES + 4 * usize::from(row)) == mark {
            return Some(usize::from(row));
        }
        at = (at + 1) % PLACES;
    }
    None
}

fn add_row(row: usize, sum: &mut Direction) {
    let scales = HEAD + 2 * PLACES + 4 * rows();
    let vectors = scales + 4 * rows();
    let scale = f32::from_bits(number(scales + 4 * row));
    let from = vectors + DIMS * row;
    let Some(bytes) = PIECES.get(from..from + DIMS) else { return };
    for (value, byte) in sum.iter_mut().zip(bytes) {
        *value += scale * f32::from(byte.cast_signed());
    }
}

/// Packs vectors as `shared/data/embeddings` has them: `BSE1`, rows, numbers a row, a scale a row, a
/// byte a number; and the pieces of the rows, one a line, `##` before those inside of a word.
///
/// # Errors
/// In words, when the two do not fit together.
pub(crate) fn pack(vectors: &[u8], pieces: &str) -> Result<Vec<u8>, String> {
    let word = |at: usize| vectors.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
    let pieces: Vec<&str> = pieces.lines().collect();
    if vectors.get(..4) != Some(b"BSE1") || word(8) != Some(DIMS as u32) {
        return Err(format!("no vectors of {DIMS} numbers in the form BSE1"));
    }
    if word(4) != Some(pieces.len() as u32) || vectors.len() != 12 + pieces.len() * (4 + DIMS) {
        return Err(format!("{} pieces, but {} vectors", pieces.len(), word(4).unwrap_or(0)));
    }
    if pieces.len() >= PLACES / 2 {
        return Err(format!("{} pieces; {} have a place", pieces.len(), PLACES / 2 - 1));
    }
    let mut table = vec![FREE; PLACES];
    let mut marks = Vec::with_capacity(pieces.len());
    for (row, piece) in (0..).zip(&pieces) {
        let inside = piece.strip_prefix("##").filter(|rest| !rest.is_empty());
        let hash = inside.unwrap_or(piece).bytes().fold(beginning(inside.is_some()), mix);
        let (mut at, mark) = place(hash);
        while table.get(at).is_some_and(|row| *row != FREE) {
            at = (at + 1) % PLACES;
        }
        if let Some(free) = table.get_mut(at) {
            *free = row;
        }
        marks.push(mark);
    }
    let mut packed = Vec::with_capacity(HEAD + 2 * PLACES + vectors.len() + 4 * pieces.len());
    packed.extend(MAGIC);
    packed.extend((pieces.len() as u32).to_le_bytes());
    packed.extend(table.iter().flat_map(|row| row.to_le_bytes()));
    packed.extend(marks.iter().flat_map(|mark| mark.to_le_bytes()));
    packed.extend(vectors.get(12..).unwrap_or_default());
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(one: &str, other: &str) -> f32 {
        let (one, other) = (direction(&Words::read(one)), direction(&Words::read(other)));
        one.iter().zip(&other).map(|(a, b)| a * b).sum()
    }

    #[test]
    fn the_file_is_whole() {
        assert!(PIECES.starts_with(MAGIC));
        assert_eq!(PIECES.len(), HEAD + 2 * PLACES + rows() * (8 + DIMS));
    }

    #[test]
    fn what_means_the_same_is_near() {
        assert!(near("refund", "reimbursement") > near("refund", "garden") + 0.2);
        assert!(near("my parcel is delayed", "the package arrives late") > near("my parcel is delayed", "sing a song"));
        let own = near("Where's my parcel?", "where's my parcel");
        assert!((own - 1.0).abs() < 1e-5, "{own}");
    }

    #[test]
    fn what_is_not_known_has_no_direction() {
        for text in ["", "🙂🙂", "ᚠᛇᚻ", &"x".repeat(100_000)] {
            let direction = direction(&Words::read(text));
            let length: f32 = direction.iter().map(|value| value * value).sum();
            assert!(length == 0.0 || (length - 1.0).abs() < 1e-4, "{text:.20}: {length}");
        }
        assert!(near("", "refund").abs() < f32::EPSILON);
    }

    #[test]
    fn packing_names_what_does_not_fit() {
        assert!(pack(b"BSE1", "").is_err());
        let mut vectors = b"BSE1".to_vec();
        vectors.extend(2_u32.to_le_bytes());
        vectors.extend((DIMS as u32).to_le_bytes());
        vectors.extend(vec![1; 2 * (4 + DIMS)]);
        assert_eq!(pack(&vectors, "one\n"), Err("1 pieces, but 2 vectors".to_owned()));
        let packed = pack(&vectors, "one\n##two\n").unwrap();
        assert_eq!(packed.len(), HEAD + 2 * PLACES + 2 * (8 + DIMS));
    }
}
