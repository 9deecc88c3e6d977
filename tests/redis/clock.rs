//! A program's clock that can be set, by a library that is loaded before the C library: redis-server asks
//! `gettimeofday`, the standard library of Rust `clock_gettime`.

use std::path::PathBuf;
use std::process::Command;

use crate::example::skip;

const SHIM: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long ahead(void) {
    char text[32] = {0};
    int file = open(getenv("CLOCK_AHEAD"), O_RDONLY);
    if (file < 0) return 0;
    long got = read(file, text, sizeof text - 1);
    close(file);
    return got > 0 ? atol(text) : 0;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    static int (*real)(struct timeval *, void *);
    if (!real) real = dlsym(RTLD_NEXT, "gettimeofday");
    int result = real(now, zone);
    if (now) now->tv_sec += ahead();
    return result;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(clock, now);
    if (clock == CLOCK_REALTIME && now) now->tv_sec += ahead();
    return result;
}
"#;

/// The clock of one program.
pub struct Clock {
    folder: PathBuf,
}

impl Clock {
    /// `None` where there is no C compiler, said loudly.
    pub fn new() -> Option<Self> {
        let folder = std::env::temp_dir().join(format!(
            "cognito-auth-clock-{}-{}",
            super::free_port(),
            std::process::id()
        ));
        std::fs::create_dir_all(&folder).unwrap();
        let clock = Self { folder };
        std::fs::write(clock.folder.join("clock.c"), SHIM).unwrap();
        let mut compiler = Command::new("cc");
        compiler.args(["-shared", "-fPIC", "-O1", "-o"]).arg(clock.library());
        let compiled = compiler.arg(clock.folder.join("clock.c")).arg("-ldl").output();
        if !compiled.is_ok_and(|compiled| compiled.status.success()) {
            skip("there is no C compiler: apt-get install gcc libc6-dev");
            return None;
        }
        clock.set_ahead(0);
        Some(clock)
    }

    /// By so many seconds.
    pub fn set_ahead(&self, seconds: i64) {
        // Renamed, so that nothing is read half written.
        let written = self.folder.join("written");
        std::fs::write(&written, seconds.to_string()).unwrap();
        std::fs::rename(written, self.file()).unwrap();
    }

    pub fn library(&self) -> PathBuf {
        self.folder.join("clock.so")
    }

    pub fn file(&self) -> PathBuf {
        self.folder.join("ahead")
    }

    /// What a program is started with.
    pub fn environment(&self) -> [(&'static str, PathBuf); 2] {
        [("LD_PRELOAD", self.library()), ("CLOCK_AHEAD", self.file())]
    }
}

impl Drop for Clock {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
