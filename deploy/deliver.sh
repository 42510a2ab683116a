#!/bin/sh
# Bring the release that readers see to a bucket: files, a look that none is lacking, checksums, and the pointer last.
# Usage: deliver.sh s3://bucket/prefix     Set SIGNPOSTS_AFTER_RELEASE="deploy/deliver.sh s3://bucket/prefix".
# Credentials are the aws command's own. A reader follows latest.json; a prefix never changes once it is pointed to.
set -eu
place=$1
release=$(readlink -f "${SIGNPOSTS_HOME:?}/published/latest")
name=$(basename "$release")
there=$place/releases/$name
aws s3 sync --only-show-errors --exclude SHA256SUMS "$release" "$there"
# Assigned first: a look that fails must end the script.
lacking=$(aws s3 sync --dryrun --size-only --exclude SHA256SUMS "$release" "$there")
test -z "$lacking"
aws s3 cp --only-show-errors "$release/SHA256SUMS" "$there/SHA256SUMS"
sums=$(sha256sum < "$release/SHA256SUMS" | cut -d' ' -f1)
printf '{"release_id": "%s", "prefix": "releases/%s/", "sha256sums": "%s"}\n' "$name" "$name" "$sums" |
    aws s3 cp --only-show-errors --content-type application/json - "$place/latest.json"
