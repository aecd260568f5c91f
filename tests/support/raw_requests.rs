//! Requests that HTTP libraries do not send, and concurrent requests.

use std::{
    io::{Read, Write},
    net::TcpStream,
};

use reqwest::{Method, header::CONTENT_TYPE};

use super::{ApiAnswer, Client, TestApp};

impl Client {
    /// Posts `body` unchanged.
    pub async fn post_raw(
        &self,
        path: &str,
        content_type: Option<&str>,
        body: impl Into<reqwest::Body>,
    ) -> ApiAnswer {
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

    /// Sends `bytes` on a new connection, and reads until the server closes it.
    pub fn exchange(&self, bytes: &[u8]) -> String {
        let mut connection = TcpStream::connect(self.host()).expect("the server listens");
        connection.write_all(bytes).expect("the request is sent");
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).expect("the server answers");
        String::from_utf8(answer).expect("an answer in UTF-8")
    }

    /// Sends `bytes`, closes the sending side, and reads the answer of the server.
    pub fn send_and_half_close(&self, bytes: &[u8]) -> String {
        let mut connection = self.send_and_keep_open(bytes);
        connection.shutdown(std::net::Shutdown::Write).expect("the sending side is closed");
        let mut answer = String::new();
        connection.read_to_string(&mut answer).expect("the server answers");
        answer
    }

    /// Sends `bytes` and keeps the connection open.
    pub fn send_and_keep_open(&self, bytes: &[u8]) -> TcpStream {
        let mut connection = TcpStream::connect(self.host()).expect("the server listens");
        connection.write_all(bytes).expect("the request is sent");
        connection
    }

    /// Sends `bytes` and closes the connection before an answer can arrive.
    pub fn send_and_disconnect(&self, bytes: &[u8]) {
        let mut connection = TcpStream::connect(self.host()).expect("the server listens");
        connection.write_all(bytes).expect("the request is sent");
        connection.shutdown(std::net::Shutdown::Both).expect("the connection is closed");
    }
}

/// Runs `tasks` at the same time. Returns their results in order.
pub async fn run_concurrently<F>(tasks: impl IntoIterator<Item = F>) -> Vec<F::Output>
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
