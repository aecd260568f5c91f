//! What tests stand on: a server of their own, people who are signed in, and data to send.

mod app;
pub mod bad_line;
pub mod bodies;
mod client;
mod database;
mod examples;
mod people;
pub mod photos;
mod s3;
pub mod tus;
mod wire;

pub use app::TestApp;
pub use client::{ApiAnswer, Client, report};
pub use examples::body_of;
pub use people::{
    COUNTY_DESK, DESK, HIRED, URBAN, VILLAGE_DESK, commands, dispatch_and_submit, through_handler,
    through_township, work_off,
};
pub use wire::at_once;

/// Makes two tests of one, on SQLite and on PostgreSQL, or three: `and s3` keeps photos in an S3-compatible store as well.
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
