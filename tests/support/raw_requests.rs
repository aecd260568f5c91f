//! Requests as no good client sends them, and many at once.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use reqwest::{Method, header::CONTENT_TYPE};

use super::{Answer, Client, TestApp};

impl Client {
    /// Posts `body` as it is.
    pub async fn post_raw(
        &self,
        path: &str,
        content_type: Option<&str>,
        body: impl Into<reqwest::Body>,
    ) -> Answer {
        let request = self.request(Method::POST, path).body(body);
        self.send(match content_type {
            Some(content_type) => request.header(CONTENT_TYPE, content_type),
            None => request,
        })
        .await
    }
}

impl TestApp {
    /// Host and port of the server.
    pub fn host(&self) -> &str {
        self.url().trim_start_matches("http://")
    }

    /// Sends `bytes` over a line of its own and reads until the server hangs up.
    pub fn talk(&self, bytes: &[u8]) -> String {
        let mut line = TcpStream::connect(self.host()).expect("the server listens");
        line.write_all(bytes).expect("the request is sent");
        let mut answer = Vec::new();
        line.read_to_end(&mut answer).expect("the server answers");
        String::from_utf8(answer).expect("an answer in UTF-8")
    }

    /// Sends `bytes` and no more, and reads what the server says to that.
    pub fn half_close_after(&self, bytes: &[u8]) -> String {
        let mut line = self.hold_after(bytes);
        line.shutdown(std::net::Shutdown::Write).expect("the line is half closed");
        let mut answer = String::new();
        line.read_to_string(&mut answer).expect("the server answers");
        answer
    }

    /// Sends `bytes` and keeps the line.
    pub fn hold_after(&self, bytes: &[u8]) -> TcpStream {
        let mut line = TcpStream::connect(self.host()).expect("the server listens");
        line.write_all(bytes).expect("the request is sent");
        line
    }

    /// Sends `bytes` and hangs up before any answer can come.
    pub fn hang_up_after(&self, bytes: &[u8]) {
        let mut line = TcpStream::connect(self.host()).expect("the server listens");
        line.write_all(bytes).expect("the request is sent");
        line.shutdown(std::net::Shutdown::Both).expect("the line is cut");
    }
}

/// Runs all of `tasks` at the same time and returns what they return, in order.
pub async fn at_once<F>(tasks: impl IntoIterator<Item = F>) -> Vec<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let started: Vec<_> = tasks.into_iter().map(tokio::spawn).collect();
    let mut done = Vec::new();
    for task in started {
        done.push(task.await.expect("no task panics"));
    }
    done
}
