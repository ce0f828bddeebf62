//! Server-sent events, read as they arrive: however the bytes are cut, the same events come out.
//!
//! The WHATWG's format as far as providers use it: `data` and `event` fields, comments, any of the
//! three line ends. Written here because nothing may grow without a limit, which the libraries for it
//! do not promise.

use crate::domain::model::ModelFailure;

/// Longest event: an answer's whole text in one piece, escaped.
const EVENT_BYTES_MAX: usize = 256 * 1024;

/// The bytes of an event that is not whole yet.
#[derive(Debug, Default)]
pub(super) struct Events {
    line: Vec<u8>,
    data: Vec<u8>,
    /// The last byte was a carriage return: a line feed after it belongs to the same line end.
    returned: bool,
}

impl Events {
    /// Takes more bytes in; `each` is given the data of every event that they complete.
    ///
    /// # Errors
    /// [`ModelFailure::NotAsAgreed`]: an event exceeds the limit; and what `each` says.
    pub(super) fn feed(
        &mut self,
        bytes: &[u8],
        mut each: impl FnMut(&[u8]) -> Result<(), ModelFailure>,
    ) -> Result<(), ModelFailure> {
        let mut rest = bytes;
        while let Some(first) = rest.first() {
            let after_return = std::mem::take(&mut self.returned);
            if *first == b'\n' && after_return {
                rest = &rest[1..];
                continue;
            }
            let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
            let (line, ends) = rest.split_at(end.unwrap_or(rest.len()));
            if self.line.len() + self.data.len() + line.len() > EVENT_BYTES_MAX {
                return Err(ModelFailure::NotAsAgreed);
            }
            self.line.extend_from_slice(line);
            rest = ends;
            if let Some((end, after)) = ends.split_first() {
                self.returned = *end == b'\r';
                self.end_line(&mut each)?;
                rest = after;
            }
        }
        Ok(())
    }

    fn end_line(&mut self, each: &mut impl FnMut(&[u8]) -> Result<(), ModelFailure>) -> Result<(), ModelFailure> {
        if self.line.is_empty() {
            let told = if self.data.is_empty() { Ok(()) } else { each(&self.data) };
            self.data.clear();
            return told;
        }
        if let Some(value) = self.line.strip_prefix(b"data:") {
            if !self.data.is_empty() {
                self.data.push(b'\n');
            }
            self.data.extend_from_slice(value.strip_prefix(b" ").unwrap_or(value));
        }
        self.line.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pieces: &[&[u8]]) -> Vec<String> {
        let (mut events, mut read) = (Events::default(), Vec::new());
        for piece in pieces {
            let each = |data: &[u8]| {
                read.push(String::from_utf8(data.to_vec()).unwrap());
                Ok(())
            };
            events.feed(piece, each).unwrap();
        }
        read
    }

    #[test]
    fn events_do_not_depend_on_how_the_bytes_are_cut() {
        let stream =
            ": hello\r\n\r\nevent: x\r\ndata: {\"a\":1}\r\n\r\ndata:one\ndata: two\n\n\rdata: ä€😀\r\rdata: lost"
                .as_bytes();
        let whole = ["{\"a\":1}", "one\ntwo", "ä€😀"];
        assert_eq!(read(&[stream]), whole);
        for cut in 0..=stream.len() {
            let (head, tail) = stream.split_at(cut);
            assert_eq!(read(&[head, tail]), whole, "cut at {cut}");
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(read(&bytes), whole);
    }

    #[test]
    fn an_event_without_end_is_cut_off() {
        let mut events = Events::default();
        let long = vec![b'x'; EVENT_BYTES_MAX + 1];
        assert_eq!(events.feed(&long, |_| Ok(())), Err(ModelFailure::NotAsAgreed));
    }
}
