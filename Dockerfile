# syntax=docker/dockerfile:1
# docker build --tag music-analytics .
# A release names its base images by digest: docs/CONTRIBUTING.md, "A release".
ARG NODE_IMAGE=node:24-bookworm-slim
ARG RUST_IMAGE=rust:1.95-bookworm
ARG DEBIAN_IMAGE=debian:bookworm-slim

FROM ${NODE_IMAGE} AS node

FROM ${RUST_IMAGE} AS build
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=node /usr/local/lib/node_modules/npm /usr/local/lib/node_modules/npm
RUN ln -s ../lib/node_modules/npm/bin/npm-cli.js /usr/local/bin/npm
# The toolchain of the image, rather than another one that rust-toolchain.toml would have it fetch.
ENV RUSTUP_TOOLCHAIN=1.95.0 MUSIC_ANALYTICS_CACHE=/cache CARGO_TARGET_DIR=/cache/target
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/cache --mount=type=cache,target=/usr/local/cargo/registry \
    make build && install -D --strip /cache/target/release/music-analytics /out/music-analytics

FROM ${DEBIAN_IMAGE}
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --no-create-home music-analytics \
    && install --directory --owner music-analytics --mode 0700 /data
COPY --from=build /out/music-analytics /usr/local/bin/music-analytics
USER 10001
WORKDIR /data
VOLUME /data
ENV MUSIC_ANALYTICS_ADDR=0.0.0.0:3000 DATABASE_URL=sqlite:///data/music-analytics.db
EXPOSE 3000
STOPSIGNAL SIGTERM
# There is no curl in the image, but bash opens connections.
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s CMD ["bash", "-c", \
    "exec 3<>/dev/tcp/127.0.0.1/${MUSIC_ANALYTICS_ADDR##*:} && printf 'GET /readyz HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\nConnection: close\\r\\n\\r\\n' >&3 && grep -q '^HTTP/1.1 200 ' <&3"]
ENTRYPOINT ["music-analytics"]
CMD ["serve"]
