#!/bin/bash
# Starts Neurite for the conformance suite Complement, as a plain process.
# Called as: start-neurite.sh SERVER_NAME IP DATA_DIR CA_DIR [APPSERVICE_REGISTRATION.yaml ...]
# State is kept in DATA_DIR: after a stop the same call goes on with it.
set -eu
NAME=$1 IP=$2 DATA=$3 CA=$4
shift 4
HERE=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
ROOT=$(cd "$HERE/../../../.." && pwd)
cd "$DATA"
if [ ! -e neurite.yaml ]; then
  printf '%s\n' "${HS_REGISTRATION_SHARED_SECRET:-complement}" > registration.secret
  cat > neurite.yaml <<Y
server_name: "$NAME"
data_directory: "$DATA"
listen:
  - { address: "$IP", port: 8008, serve: [client, federation] }
  - { address: "$IP", port: 8448, serve: [client, federation], tls: { certificate: "$CA/$NAME.crt", key: "$CA/$NAME.key" } }
rooms: { default_version: "11" }
client:
  registration: { mode: open }
  passwords: { cost: 10 }
  rate_limits: { enabled: false }
  server_notices: { localpart: _server }
federation:
  allow_private_addresses: true
  trusted_certificates: ["$CA/ca.crt"]
  trusted_key_servers: []
log: { level: info, format: json }
Y
  if [ $# -gt 0 ]; then
    echo 'application_services:'
    printf -- '  - "%s"\n' "$@"
  fi >> neurite.yaml
fi
exec "$ROOT/node_modules/.bin/node" --disable-warning=ExperimentalWarning "$ROOT/packages/homeserver/src/cli.ts" start --config neurite.yaml
