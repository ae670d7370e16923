# syntax=docker/dockerfile:1
#
#   docker build --build-arg ASYNCWARDEN_BUILD_COMMIT="$(git rev-parse HEAD)" --tag asyncwarden .
#   docker build --target ci --tag asyncwarden:ci .

# The same Debian as below: the program is linked against its C library.
FROM rust:1.95-slim-trixie AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock build.rs LICENSE THIRD-PARTY.txt ./
# Named in Cargo.toml, which is refused without them; not built.
COPY benches benches
COPY migrations migrations
COPY templates templates
COPY src src
ARG ASYNCWARDEN_BUILD_COMMIT=
RUN --mount=type=cache,target=/usr/local/cargo/registry,sharing=locked \
    --mount=type=cache,target=/src/target,sharing=locked \
    cargo build --locked --profile dist --bin asyncwarden \
    && install -D target/dist/asyncwarden /out/usr/local/bin/asyncwarden \
    && install -D --target-directory=/out/usr/local/share/doc/asyncwarden LICENSE THIRD-PARTY.txt \
    && install --directory --mode=0700 /data

# For jobs of CI, which review a checkout: with git and a shell, and as the user that checkouts belong to there.
FROM debian:trixie-slim AS ci
# Debian's updates are wanted, so no versions are named.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates git \
    && rm -rf /var/lib/apt/lists/*
COPY --from=build /out /
CMD ["asyncwarden", "--help"]

# The service: the C library, certificates, the program; no shell, no package manager. It writes to /data alone, and with
# PostgreSQL not even there, so the rest may be read-only.
FROM gcr.io/distroless/cc-debian13:nonroot AS service
ARG ASYNCWARDEN_BUILD_COMMIT=
LABEL org.opencontainers.image.title="asyncwarden" \
      org.opencontainers.image.description="Review bot for Python asyncio code" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.revision="${ASYNCWARDEN_BUILD_COMMIT}"
COPY --from=build /out /
COPY --from=build --chown=10001:10001 /data /data
# A number, so that Kubernetes can see that it isn't root's.
USER 10001:10001
# The embedded database sorts what is large in files of its own, which have no other place where the root is read-only. And the C
# library keeps memory for more threads than are of use here, and keeps more, the larger what it was given back; so it is told how
# much at most. deploy/asyncwarden.service says the same.
ENV ASYNCWARDEN_LISTEN=0.0.0.0:8080 \
    ASYNCWARDEN_DATA_DIR=/data \
    ASYNCWARDEN_LOG_FORMAT=json \
    SQLITE_TMPDIR=/data \
    MALLOC_ARENA_MAX=2 \
    MALLOC_MMAP_THRESHOLD_=131072 \
    MALLOC_TRIM_THRESHOLD_=131072
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
# Whether the process lives; a store that is away gets no better by a new container. `--ready` asks for that, too.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["/usr/local/bin/asyncwarden", "healthcheck"]
ENTRYPOINT ["/usr/local/bin/asyncwarden"]
CMD ["serve"]
