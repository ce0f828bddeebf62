#!/usr/bin/env bash
# The customer load through the real endpoint, beside the hand-written lower bound, in one run.
#
# `custload` talks as customers: four turns each, over HTTP and over WebSocket, with 1, 16 and 64 at
# the same time. Rounds of both sides are interleaved, so that neither has the quieter machine. The
# ratio is baton's turns a second by the lower bound's; medians over the rounds. Note what is not
# alike: the lower bound calls a mock model at every step, and baton without a key calls none.
#
#   CUSTLOAD=path/to/custload FLOOR=path/to/floor MOCK=path/to/mock benches/load.sh
#
# Prints the last round of each side as it came, then one line of figures with the ratio.
#
# BATON      the binary to measure        [target/release/baton]
# DEPLOYMENT its deployment               [benches/deployment]
# MOCK       the mock model's server, if none runs at MODEL yet; MOCK_ARGS are its arguments
# MODEL      the mock model's address     [http://127.0.0.1:9100/v1]
# MODELS     when set, every agent is one of the mock model, as the lower bound's are
# ROUNDS     rounds of each               [3]
# TALKS      conversations in a round, at one, 16 and 64 at the same time   [300 1000 2000]
set -euo pipefail
cd "$(dirname "$0")/.."

: "${CUSTLOAD:?the customers: set CUSTLOAD to the custload binary}"
: "${FLOOR:?the hand-written lower bound: set FLOOR to the floor binary}"
baton=${BATON:-${CARGO_TARGET_DIR:-target}/release/baton}
deployment=${DEPLOYMENT:-benches/deployment}
model=${MODEL:-http://127.0.0.1:9100/v1}
rounds=${ROUNDS:-3}
read -r -a talks <<< "${TALKS:-300 1000 2000}"
abreast=(1 16 64)

scratch=$(mktemp -d)
pids=()
end() {
  for pid in "${pids[@]}"; do kill "$pid" 2> /dev/null || true; done
  wait 2> /dev/null || true
  rm -rf "$scratch"
}
trap end EXIT

[ -x "$baton" ] || { echo "no $baton: build it with cargo build --release, or set BATON"; exit 1; }
if [ -n "${MOCK:-}" ]; then
  # shellcheck disable=SC2086 # several words on purpose
  "$MOCK" ${MOCK_ARGS:-} > "$scratch/mock.log" 2>&1 &
  pids+=($!)
fi

floor_at=127.0.0.1:9200
"$FLOOR" serve --addr "$floor_at" --base "$model" --store group --db "$scratch/floor.db" > "$scratch/floor.log" 2>&1 &
floor_pid=$!
pids+=("$floor_pid")

if [ -n "${MODELS:-}" ]; then
  cp -r "$deployment" "$scratch/deployment"
  deployment=$scratch/deployment
  printf '\n[[models]]\nname = "mock"\nkind = "openai"\nbase-url = "%s"\nmodel = "mock"\nat-once = 512\n' "$model" \
    >> "$deployment/baton.toml"
  for file in "$deployment"/agents/*.toml; do
    name=$(basename "$file" .toml)
    { printf 'models = ["mock"]\nmodels-at-once = 512\npersona = "AGENT=%s."\n' "$name"; cat "$file"; } > "$scratch/agent"
    mv "$scratch/agent" "$file"
  done
fi

export BATON_HOME=$scratch/home
mkdir -p "$BATON_HOME"
# A channel's token lets an integrator use references of their own; the data folder keeps its digest.
token=channel-$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')
printf '{"%s":{"channel":"web"}}' "$(printf %s "$token" | sha256sum | cut -d' ' -f1)" > "$BATON_HOME/tokens.json"
chmod 700 "$BATON_HOME"
chmod 600 "$BATON_HOME/tokens.json"
"$baton" --deployment "$deployment" serve --listen 127.0.0.1:0 > "$scratch/baton.log" 2>&1 &
baton_pid=$!
pids+=("$baton_pid")
baton_url=
for _ in $(seq 100); do
  baton_url=$(grep -o 'http://[0-9.:]*' "$scratch/baton.log" | head -n 1) && break
  kill -0 "$baton_pid" 2> /dev/null || break
  sleep 0.1
done
[ -n "$baton_url" ] || { cat "$scratch/baton.log"; echo "baton did not start"; exit 1; }
baton_at=${baton_url#http://}
for _ in $(seq 100); do
  (exec 3<> "/dev/tcp/${floor_at/://}") 2> /dev/null && break
  sleep 0.1
done

load() { # side, mode, at the same time, conversations, round
  local side=$1 mode=$2 many=$3 count=$4 round=$5 at pid scheme path
  local -a how
  if [ "$side" = baton ]; then at=$baton_at pid=$baton_pid; else at=$floor_at pid=$floor_pid; fi
  if [ "$mode" = http ]; then scheme=http path=messages; else scheme=ws path=ws; fi
  case $side-$mode in
    baton-http) how=(--body '{"text":{text}}' --reply /answer/text --header 'prefer: wait=20' --header "authorization: Bearer $token") ;;
    baton-ws) how=(--body '{"type":"say","text":{text}}' --reply /text --reply-type message --header "authorization: Bearer $token") ;;
    floor-http) how=(--body '{"text":{text}}' --reply /text) ;;
    floor-ws) how=(--body '{"type":"message","text":{text}}' --reply /text --reply-type reply) ;;
  esac
  "$CUSTLOAD" --mode "$mode" --url "$scheme://$at/v1/conversations/{conv}/$path" --concurrency "$many" \
    --conversations "$count" --pid "$pid" --prefix "$side-$mode-$many-$round-" "${how[@]}"
}

figure() { sed "s/.*\"$1\": *\([0-9.]*\).*/\1/"; }
median() { sort -g | awk '{ all[NR] = $1 } END { print all[int((NR + 1) / 2)] }'; }

for mode in http ws; do
  for at in "${!abreast[@]}"; do
    many=${abreast[$at]} count=${talks[$at]}
    for round in $(seq "$rounds"); do
      for side in baton floor; do
        load "$side" "$mode" "$many" "$count" "$round" >> "$scratch/$side-$mode-$many"
      done
    done
    for side in baton floor; do
      tail -n 1 "$scratch/$side-$mode-$many"
      eval "${side}_turns=\$(figure turns_s < \"\$scratch/$side-$mode-$many\" | median)"
      eval "${side}_p50=\$(figure p50_ms < \"\$scratch/$side-$mode-$many\" | median)"
      eval "${side}_p99=\$(figure p99_ms < \"\$scratch/$side-$mode-$many\" | median)"
      eval "${side}_wrong=\$(figure wrong < \"\$scratch/$side-$mode-$many\" | paste -sd+ | bc)"
    done
    # shellcheck disable=SC2154 # set by eval above
    awk -v mode="$mode" -v many="$many" -v b="$baton_turns" -v f="$floor_turns" -v bp="$baton_p50" -v fp="$floor_p50" \
      -v bq="$baton_p99" -v fq="$floor_p99" -v bw="$baton_wrong" -v fw="$floor_wrong" -v rounds="$rounds" 'BEGIN {
      printf "{\"bench\":\"load\",\"mode\":\"%s\",\"at_once\":%d,\"rounds\":%d,\"ratio\":%.3f,", mode, many, rounds, b / f
      printf "\"baton\":{\"turns_per_s\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"wrong\":%d},", b, bp, bq, bw
      printf "\"lower_bound\":{\"turns_per_s\":%.0f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"wrong\":%d}}\n", f, fp, fq, fw
    }'
  done
done
