//! A phone that sends photos by tus 1.0.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Method, RequestBuilder};

use super::{ApiAnswer, Client, photos::digest};

/// What tus calls metadata: which photo of which incident.
pub fn metadata(incident: &str, photo: &[u8]) -> String {
    format!("incident {},sha256 {}", STANDARD.encode(incident), STANDARD.encode(digest(photo)))
}

/// A request of tus 1.0.
pub fn tus(who: &Client, method: Method, path: &str) -> RequestBuilder {
    who.request(method, path).header("Tus-Resumable", "1.0.0")
}

/// Begins to send `photo`.
pub async fn begin(who: &Client, incident: &str, photo: &[u8]) -> ApiAnswer {
    let request = tus(who, Method::POST, "/v1/uploads")
        .header("Upload-Length", photo.len())
        .header("Upload-Metadata", metadata(incident, photo));
    who.send(request).await
}

/// The path of an upload that was begun.
pub fn path(begun: &ApiAnswer) -> String {
    begun.headers["location"].to_str().unwrap().to_owned()
}

/// A request that brings bytes.
pub fn patch(who: &Client, path: &str, offset: usize, bytes: &[u8]) -> RequestBuilder {
    tus(who, Method::PATCH, path)
        .header("Upload-Offset", offset)
        .header("Content-Type", "application/offset+octet-stream")
        .body(bytes.to_vec())
}

/// Sends bytes.
pub async fn append(who: &Client, path: &str, offset: usize, bytes: &[u8]) -> ApiAnswer {
    who.send(patch(who, path, offset, bytes)).await
}

/// Asks how far an upload is.
pub async fn head(who: &Client, path: &str) -> ApiAnswer {
    who.send(tus(who, Method::HEAD, path)).await
}

/// How far that is.
pub fn offset(answer: &ApiAnswer) -> usize {
    answer.headers["upload-offset"].to_str().unwrap().parse().unwrap()
}

/// Sends all of `photo`.
pub async fn send(who: &Client, incident: &str, photo: &[u8]) -> ApiAnswer {
    let upload = path(&begin(who, incident, photo).await.expect(201));
    append(who, &upload, 0, photo).await
}
