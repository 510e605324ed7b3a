//! Abusive clients, each from its own address where possible. A rejected or disconnected client reconnects for as
//! long as the test runs.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::sleep;

/// Delay before a rejected client reconnects.
const PAUSE: Duration = Duration::from_millis(250);
/// Delay between two bytes of a slow client.
const SLOWLY: Duration = Duration::from_millis(200);
/// Longer than any timeout of the server.
const FOR_EVER: Duration = Duration::from_secs(120);

/// Clients of a kind that the server currently holds, and how often one was rejected.
#[derive(Debug, Default)]
pub struct Count {
    held: AtomicUsize,
    refused: AtomicUsize,
}

impl Count {
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    pub fn refused(&self) -> usize {
        self.refused.load(Ordering::Relaxed)
    }

    fn hold(self: &Arc<Self>) -> Held {
        self.held.fetch_add(1, Ordering::Relaxed);
        Held(Arc::clone(self))
    }
}

struct Held(Arc<Count>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.held.fetch_sub(1, Ordering::Relaxed);
    }
}

/// All abusive clients.
pub struct Crowd {
    server: SocketAddr,
    clients: JoinSet<()>,
    addresses: u32,
}

impl Crowd {
    pub fn of(server: SocketAddr) -> Self {
        Crowd { server, clients: JoinSet::new(), addresses: 0 }
    }

    /// The next address of 127.0.0.0/8, all of which is loopback, so that clients have different addresses.
    fn source(&mut self) -> Ipv4Addr {
        self.addresses += 1;
        Ipv4Addr::from(u32::from(Ipv4Addr::new(127, 1, 0, 0)) + self.addresses)
    }

    /// Adds clients that repeat an action.
    pub fn add<F>(
        &mut self,
        many: usize,
        act: impl Fn(usize, Client) -> F + Clone + Send + 'static,
    ) -> Arc<Count>
    where
        F: Future<Output = std::io::Result<()>> + Send,
    {
        let count = Arc::<Count>::default();
        for number in 0..many {
            let client = Client { server: self.server, source: self.source(), count: Arc::clone(&count) };
            let act = act.clone();
            self.clients.spawn(async move {
                loop {
                    // The result does not matter: the client tries again.
                    let _ = act(number, client.clone()).await;
                    sleep(PAUSE).await;
                }
            });
        }
        count
    }
}

/// An abusive client.
#[derive(Debug, Clone)]
pub struct Client {
    server: SocketAddr,
    source: Ipv4Addr,
    count: Arc<Count>,
}

impl Client {
    /// `buffer`: size of the local receive buffer.
    async fn connect(&self, buffer: Option<u32>) -> std::io::Result<TcpStream> {
        let socket = TcpSocket::new_v4()?;
        if let Some(bytes) = buffer {
            socket.set_recv_buffer_size(bytes)?;
        }
        socket.bind(SocketAddrV4::new(self.source, 0).into())?;
        socket.connect(self.server).await
    }

    fn head(&self, request: &str, token: &str) -> String {
        format!("{request} HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {token}\r\n", self.server)
    }

    /// Sends nothing.
    pub async fn silent(self) -> std::io::Result<()> {
        let mut stream = self.connect(None).await?;
        let _held = self.count.hold();
        stream.read(&mut [0]).await.map(drop)
    }

    /// Sends a body byte by byte that never completes.
    pub async fn slow_body(self) -> std::io::Result<()> {
        let mut stream = self.connect(None).await?;
        let head = format!(
            "POST /sign-in HTTP/1.1\r\nhost: {}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: 60000\r\n\r\n",
            self.server
        );
        stream.write_all(head.as_bytes()).await?;
        let _held = self.count.hold();
        self.until_answered(&mut stream, "email=".chars().chain(std::iter::repeat('a'))).await
    }

    /// Sends request headers byte by byte that never complete.
    pub async fn slow_head(self) -> std::io::Result<()> {
        let mut stream = self.connect(None).await?;
        let _held = self.count.hold();
        let head = "GET /sign-in HTTP/1.1\r\nx-slow: ";
        self.until_answered(&mut stream, head.chars().chain(std::iter::repeat('a'))).await
    }

    async fn until_answered(
        &self,
        stream: &mut TcpStream,
        what: impl Iterator<Item = char>,
    ) -> std::io::Result<()> {
        for character in what {
            let mut answer = [0];
            tokio::select! {
                read = stream.read(&mut answer) => return read.map(drop),
                () = sleep(SLOWLY) => {}
            }
            stream.write_all(&[character as u8]).await?;
        }
        Ok(())
    }

    /// Requests a large response and does not read it.
    pub async fn not_reading(self, path: String, token: String) -> std::io::Result<()> {
        let mut stream = self.connect(Some(4_096)).await?;
        stream.write_all((self.head(&format!("GET {path}"), &token) + "\r\n").as_bytes()).await?;
        self.is_taken(&mut stream).await?;
        let _held = self.count.hold();
        // Ends when the server gives up on the blocked response.
        tokio::time::timeout(FOR_EVER, stream.ready(tokio::io::Interest::ERROR)).await.ok();
        Ok(())
    }

    /// Reads a public page a few bytes at a time, repeatedly.
    pub async fn slow_reader(self) -> std::io::Result<()> {
        let mut stream = self.connect(Some(4_096)).await?;
        let request = format!("GET /sign-in HTTP/1.1\r\nhost: {}\r\nconnection: close\r\n\r\n", self.server);
        stream.write_all(request.as_bytes()).await?;
        self.is_taken(&mut stream).await?;
        let _held = self.count.hold();
        while stream.read(&mut [0; 64]).await? > 0 {
            sleep(SLOWLY).await;
        }
        Ok(())
    }

    /// Watches a sync; adds up the received bytes of events.
    pub async fn watching(self, id: String, token: String, events: Arc<AtomicUsize>) -> std::io::Result<()> {
        let mut stream = self.connect(None).await?;
        let path = format!("GET /api/v1/syncs/{id}/events");
        stream.write_all((self.head(&path, &token) + "\r\n").as_bytes()).await?;
        self.is_taken(&mut stream).await?;
        let _held = self.count.hold();
        let mut bytes = [0; 16 * 1024];
        loop {
            let read = stream.read(&mut bytes).await?;
            if read == 0 {
                return Ok(());
            }
            let begun = bytes[..read].windows(6).filter(|bytes| *bytes == b"event:").count();
            events.fetch_add(begun, Ordering::Relaxed);
        }
    }

    /// Fails if the response is a rejection; reads only its beginning.
    async fn is_taken(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let mut begin = [0; 12];
        while stream.peek(&mut begin).await? < begin.len() {
            sleep(Duration::from_millis(10)).await;
        }
        if &begin == b"HTTP/1.1 200" {
            return Ok(());
        }
        self.count.refused.fetch_add(1, Ordering::Relaxed);
        Err(std::io::ErrorKind::ConnectionRefused.into())
    }
}
