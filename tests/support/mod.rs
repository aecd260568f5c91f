//! Support for tests: a server for each test, signed-in clients, and data to send.

mod app;
pub mod bodies;
pub mod breaking_proxy;
mod client;
mod database;
mod examples;
mod people;
pub mod photos;
mod raw_requests;
mod s3;
pub mod tus;

pub use app::TestApp;
pub use client::{ApiAnswer, Client, report};
pub use examples::body_of;
pub use people::{
    COUNTY_DESK, DESK, HIRED, URBAN, VILLAGE_DESK, commands, dispatch_and_submit, through_handler,
    through_township, work_off,
};
pub use raw_requests::run_concurrently;

/// Makes two tests of one function, on SQLite and on PostgreSQL. With `and s3;` there is a third, on SQLite with photos in
/// an S3-compatible store.
#[macro_export]
macro_rules! both {
    ($(async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        $crate::both! { @on [sqlite postgres] $name $app $body }
    )+};
    (and s3; $(async fn $name:ident($app:ident: TestApp) $body:block)+) => {$(
        $crate::both! { @on [sqlite postgres s3] $name $app $body }
    )+};
    (@on [$($on:ident)+] $name:ident $app:ident $body:block) => {
        async fn $name($app: $crate::support::TestApp) $body

        mod $name {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $on() {
                let app = $crate::support::TestApp::$on().await;
                let running = app.running();
                super::$name(app).await;
                running.stop().await;
            }
        )+}
    };
}
