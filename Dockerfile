# syntax=docker/dockerfile:1

FROM rust:1.95-bookworm AS builder
# libpq, OpenSSL and SQLite are built from source; OpenSSL's build is written in Perl.
RUN apt-get update \
    && apt-get install -y --no-install-recommends build-essential perl \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY . .
# The target directory is a cache that is not part of the image, so the binary is copied out of it.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --profile dist --locked --package grassroots \
    && install target/dist/grassroots /usr/local/bin/grassroots

FROM debian:bookworm-slim
# Root certificates, to verify a PostgreSQL server reached over TLS.
RUN apt-get update \
    && apt-get install -y --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 --user-group --home-dir /data --shell /usr/sbin/nologin grassroots \
    && install -d -o grassroots -g grassroots -m 0700 /data /data/keys /data/photos
COPY --from=builder /usr/local/bin/grassroots /usr/local/bin/grassroots
COPY --from=builder /src/LICENSE /src/NOTICE /usr/share/doc/grassroots/
COPY --from=builder /src/api/data/README.md /usr/share/doc/grassroots/data/
COPY --from=builder /src/api/data/LICENSES /usr/share/doc/grassroots/data/LICENSES/

ENV GRASSROOTS_LISTEN=0.0.0.0:8080 \
    GRASSROOTS_DATA_DIR=/data \
    GRASSROOTS_LOG_FORMAT=json
# A number, so that a platform can check that the user is not root.
USER 10001
WORKDIR /data
# The SQLite file and the signing keys.
VOLUME /data
EXPOSE 8080
ENTRYPOINT ["grassroots"]
CMD ["serve"]
