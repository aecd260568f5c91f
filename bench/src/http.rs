//! A small HTTP/1.1 client. It shares the machine with the measured server, so it uses little time: requests are prepared
//! before the measurement, and only the status and the length of an answer are parsed.

use std::{io::IoSlice, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::Result;

pub struct HttpConnection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

pub struct HttpAnswer<'a> {
    pub status: u16,
    pub body: &'a [u8],
}

impl HttpAnswer<'_> {
    /// Status and body, for error messages.
    pub fn describe(&self) -> String {
        format!("{} {}", self.status, String::from_utf8_lossy(self.body))
    }
}

/// The head of a `POST` of `length` bytes of JSON.
pub fn post(path: &str, token: Option<&str>, length: usize) -> Vec<u8> {
    let bearer = token.map_or_else(String::new, |token| format!("Authorization: Bearer {token}\r\n"));
    format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\n{bearer}Content-Type: application/json\r\n\
         Content-Length: {length}\r\n\r\n"
    )
    .into_bytes()
}

impl HttpConnection {
    pub async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: Vec::with_capacity(16 * 1024) })
    }

    /// Sends a request and waits for the whole answer.
    pub async fn send(&mut self, head: &[u8], body: &[u8]) -> Result<HttpAnswer<'_>> {
        let sent = self.stream.write_vectored(&[IoSlice::new(head), IoSlice::new(body)]).await?;
        // The kernel may accept only a part, but seldom does.
        self.stream.write_all(head.get(sent..).unwrap_or_default()).await?;
        let of_body = sent.saturating_sub(head.len());
        self.stream.write_all(body.get(of_body..).unwrap_or_default()).await?;
        self.receive().await
    }

    async fn receive(&mut self) -> Result<HttpAnswer<'_>> {
        self.buffer.clear();
        let mut head = None;
        loop {
            if head.is_none() {
                head = Head::parse(&self.buffer)?;
            }
            match head {
                Some(head) if self.buffer.len() >= head.end + head.body => {
                    let body = self.buffer.get(head.end..head.end + head.body).unwrap_or_default();
                    return Ok(HttpAnswer { status: head.status, body });
                }
                Some(_) | None => {}
            }
            if self.stream.read_buf(&mut self.buffer).await? == 0 {
                return Err("the server closed the connection".into());
            }
        }
    }
}

/// The head of an answer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Head {
    status: u16,
    /// Length of the head, in bytes.
    end: usize,
    /// Length of the body, in bytes.
    body: usize,
}

impl Head {
    /// Returns `None` while the head is incomplete.
    fn parse(bytes: &[u8]) -> Result<Option<Self>> {
        const END: &[u8] = b"\r\n\r\n";
        let Some(end) = bytes.windows(END.len()).position(|window| window == END) else { return Ok(None) };
        let text = std::str::from_utf8(bytes.get(..end).unwrap_or_default())?;
        let mut lines = text.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).ok_or("no status")?.parse()?;
        let length = lines
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
            .ok_or("an answer without Content-Length")?
            .1;
        Ok(Some(Self { status, end: end + END.len(), body: length.trim().parse()? }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn complete_heads_are_parsed() {
        let head = b"HTTP/1.1 201 Created\r\nETag: \"1\"\r\ncontent-length: 12\r\n\r\nhello";
        let parsed = Head::parse(head).unwrap().unwrap();
        assert_eq!(parsed, Head { status: 201, end: head.len() - 5, body: 12 });
        assert_eq!(Head::parse(head.get(..40).unwrap()).unwrap(), None);
        assert!(Head::parse(b"HTTP/1.1 200 OK\r\n\r\n").is_err());
        assert!(Head::parse(b"nonsense\r\n\r\n").is_err());
    }
}
