//! Requests of the upload protocol tus 1.0.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use reqwest::{Method, RequestBuilder};

use super::{ApiAnswer, Client, photos::digest};

/// The metadata of an upload: the incident and the hash of the photo.
pub fn metadata(incident: &str, photo: &[u8]) -> String {
    format!("incident {},sha256 {}", STANDARD.encode(incident), STANDARD.encode(digest(photo)))
}

/// A request with the version header of tus.
pub fn tus(who: &Client, method: Method, path: &str) -> RequestBuilder {
    who.request(method, path).header("Tus-Resumable", "1.0.0")
}

/// Creates an upload for `photo`.
pub async fn begin(who: &Client, incident: &str, photo: &[u8]) -> ApiAnswer {
    let request = tus(who, Method::POST, "/v1/uploads")
        .header("Upload-Length", photo.len())
        .header("Upload-Metadata", metadata(incident, photo));
    who.send(request).await
}

/// The path of a created upload.
pub fn path(created: &ApiAnswer) -> String {
    created.headers["location"].to_str().unwrap().to_owned()
}

/// A request that appends bytes to an upload.
pub fn patch(who: &Client, path: &str, offset: usize, bytes: &[u8]) -> RequestBuilder {
    tus(who, Method::PATCH, path)
        .header("Upload-Offset", offset)
        .header("Content-Type", "application/offset+octet-stream")
        .body(bytes.to_vec())
}

/// Appends bytes to an upload.
pub async fn append(who: &Client, path: &str, offset: usize, bytes: &[u8]) -> ApiAnswer {
    who.send(patch(who, path, offset, bytes)).await
}

/// Asks for the offset of an upload.
pub async fn head(who: &Client, path: &str) -> ApiAnswer {
    who.send(tus(who, Method::HEAD, path)).await
}

/// The offset in an answer.
pub fn offset(answer: &ApiAnswer) -> usize {
    answer.headers["upload-offset"].to_str().unwrap().parse().unwrap()
}

/// Creates an upload and sends the whole photo.
pub async fn send(who: &Client, incident: &str, photo: &[u8]) -> ApiAnswer {
    let upload = path(&begin(who, incident, photo).await.expect(201));
    append(who, &upload, 0, photo).await
}
