//! A low-priority thread with its own runtime for background work, so that requests get the processor first.

use std::future::Future;
use std::io;

use tokio::runtime;
use tokio::sync::oneshot;

/// Priority of background threads, as a `nice` value.
const NICENESS: i32 = 10;

/// Lowers the priority of the calling thread and of the threads that it starts.
pub fn lower_priority() {
    // Linux only, because elsewhere it would affect the whole process. Failure is harmless.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, NICENESS);
}

/// Runs the calling thread at idle priority: the lowest niceness would still delay other threads by some
/// milliseconds. On a busy machine it hardly runs at all.
pub fn only_when_idle() {
    #[cfg(target_os = "linux")]
    {
        use thread_priority::{
            NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy, set_thread_priority_and_policy,
            thread_native_id,
        };
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        let _ = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle);
    }
}

/// Background work, cancelled when dropped.
#[derive(Debug)]
pub struct Background {
    ended: oneshot::Receiver<()>,
    _keep: oneshot::Sender<()>,
}

impl Background {
    /// Runs the work on a thread of this name.
    ///
    /// # Errors
    /// The thread cannot be created.
    pub fn run(name: &str, work: impl Future<Output = ()> + Send + 'static) -> io::Result<Self> {
        let (end, ended) = oneshot::channel();
        let (keep, dropped) = oneshot::channel::<()>();
        let runtime = runtime::Builder::new_current_thread().enable_all().max_blocking_threads(1).build()?;
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            lower_priority();
            runtime.block_on(async {
                tokio::select! {
                    () = work => {}
                    _ = dropped => {}
                }
            });
            // An error means that the receiver was dropped.
            let _ = end.send(());
        })?;
        Ok(Background { ended, _keep: keep })
    }

    /// Waits for the end of the work; false if it panicked.
    pub async fn ended(self) -> bool {
        self.ended.await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test]
    async fn work_ends_by_itself_by_a_panic_or_by_being_dropped() {
        assert!(Background::run("good", async { tokio::task::yield_now().await }).unwrap().ended().await);
        let bad = async { std::panic::resume_unwind(Box::new("on purpose")) };
        assert!(!Background::run("bad", bad).unwrap().ended().await);
        let (held, released) = oneshot::channel::<()>();
        let endless = async move {
            let _held = held;
            pending().await
        };
        drop(Background::run("endless", endless).unwrap());
        assert!(released.await.is_err(), "what it held is released");
    }
}
