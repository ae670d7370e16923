# syntax=docker/dockerfile:1
FROM rust:1.95-slim-trixie AS build
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Cargo.toml Cargo.lock askama.toml* ./
COPY src src
COPY templates templates
COPY migrations migrations
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    cargo build --locked --profile dist --bin asyncwarden && cp target/dist/asyncwarden /usr/local/bin/

FROM debian:trixie-slim AS service
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin asyncwarden \
    && install -d -o asyncwarden -g asyncwarden -m 0700 /data
COPY --from=build /usr/local/bin/asyncwarden /usr/local/bin/asyncwarden
USER 10001
ENV ASYNCWARDEN_LISTEN=0.0.0.0:8080 ASYNCWARDEN_DATA_DIR=/data ASYNCWARDEN_LOG_FORMAT=json
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
ENTRYPOINT ["asyncwarden"]
CMD ["serve"]

# For jobs of CI, which review a checkout: with git, and as the user that checkouts belong to there.
FROM service AS ci
USER 0
RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*
ENTRYPOINT []
CMD ["asyncwarden", "--help"]

# What is built when no target is named.
FROM service
