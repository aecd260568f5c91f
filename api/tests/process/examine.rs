//! The process that examines photos.

use std::{
    io::{Cursor, Read as _, Write as _},
    process::{Command, Output, Stdio},
    time::{Duration, Instant},
};

use image::{DynamicImage, ImageBuffer, ImageFormat, Rgba};
use rustix::process::{Pid, Signal, kill_process};

fn examine(media_type: &str, photo: &[u8]) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_grassroots"))
        .args(["examine", media_type])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = process.stdin.take().unwrap();
    let photo = photo.to_vec();
    let feeder = std::thread::spawn(move || input.write_all(&photo));
    let output = process.wait_with_output().unwrap();
    feeder.join().unwrap().unwrap();
    output
}

/// The first line of the answer.
fn answer(output: &Output) -> String {
    assert!(output.status.success(), "{}: {}", output.status, String::from_utf8_lossy(&output.stderr));
    let line = output.stdout.split(|byte| *byte == b'\n').next().unwrap();
    String::from_utf8(line.to_vec()).unwrap()
}

fn png(picture: &DynamicImage) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn the_largest_supported_pictures_fit_into_the_memory_limit() {
    let largest = png(&DynamicImage::new_rgb8(10_000, 5_100));
    assert!(answer(&examine("image/png", &largest)).contains(r#""width":10000"#));
    let heaviest = ImageBuffer::from_pixel(6_000, 4_000, Rgba([7_u16, 8, 9, 60_000]));
    let heaviest = png(&DynamicImage::from(heaviest));
    assert!(answer(&examine("image/png", &heaviest)).contains(r#""width":6000"#));
    let larger = png(&DynamicImage::new_rgb8(10_000, 5_101));
    assert!(answer(&examine("image/png", &larger)).contains(r#""Err":"too_large""#));
}

#[test]
fn broken_photos_are_answered_and_other_media_types_refused() {
    for photo in [&b""[..], b"\xff\xd8\xff", &[0xff; 100_000]] {
        assert!(answer(&examine("image/jpeg", photo)).contains(r#""Err":"broken""#));
    }
    let other =
        Command::new(env!("CARGO_BIN_EXE_grassroots")).args(["examine", "text/html"]).output().unwrap();
    assert!(!other.status.success());
}

#[test]
fn it_ends_when_its_time_is_over_whatever_it_inherits() {
    for ignored in ["XCPU", "INT TERM HUP XCPU"] {
        let program = env!("CARGO_BIN_EXE_grassroots");
        // Its input stays open: by itself it does not end.
        let mut process = Command::new("bash")
            .args(["-c", &format!("trap '' {ignored}; echo; exec \"$0\" examine image/jpeg"), program])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        process.stdout.as_mut().unwrap().read_exact(&mut [0]).unwrap();
        let id = Pid::from_child(&process);
        let started = Instant::now();
        let status = loop {
            // Ignored until it has set its limits.
            kill_process(id, Signal::XCPU).unwrap();
            if let Some(status) = process.try_wait().unwrap() {
                break status;
            }
            assert!(started.elapsed() < Duration::from_secs(20), "{ignored}: it goes on");
            std::thread::yield_now();
        };
        assert_eq!(status.code(), Some(101), "{ignored}");
    }
}
