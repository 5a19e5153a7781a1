#!/usr/bin/env bash
# By hand, as root, some ten minutes long: builds the image of game/deploy/Containerfile on a Debian that is fetched here, starts every process
# of compose.yaml in it beside a PostgreSQL and Caddy with TLS, and has a game with no people turn its market.
#   apt-get install -y --no-install-recommends buildah caddy curl debootstrap openssl podman postgresql
#   tests/image.sh [an image that is there already]
# Containers are changed roots without namespaces of their own (buildah's isolation "chroot"), so that it runs in a container as well: it
# tries the image and what it is told, and not the networks, limits and volumes of compose.yaml.
set -euo pipefail
cd "$(dirname "$0")/.."
store() { buildah --storage-driver vfs "$@"; }

folder=$(mktemp -d)
chmod 755 "$folder"
pids=()
container=
end() {
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    [ ! -e "$folder/database/postmaster.pid" ] || as_postgres "$bin/pg_ctl" -D "$folder/database" -m fast stop >/dev/null
    [ -z "$container" ] || store rm "$container" >/dev/null
    rm -rf "$folder"
}
trap end EXIT

image=${1:-}
if [ -z "$image" ]; then
    image=localhost/opening-bell
    debootstrap --variant=minbase --include=ca-certificates bookworm "$folder/base"
    tar -C "$folder/base" -cf "$folder/base.tar" .
    podman --storage-driver vfs import "$folder/base.tar" localhost/debian:12
    rm -rf "$folder/base" "$folder/base.tar"
    # Certificates of the host, for a host that reaches its packages by an authority of its own.
    store bud --isolation chroot --build-arg BASE=localhost/debian:12 --volume /etc/ssl/certs:/etc/ssl/certs:ro \
        --volume /usr/local/share/ca-certificates:/usr/local/share/ca-certificates:ro -f game/deploy/Containerfile -t "$image" .
fi

# What compose.yaml takes from other images.
bin=$(dirname "$(ls /usr/lib/postgresql/*/bin/initdb | tail -1)")
as_postgres() { (cd / && runuser -u postgres -- "$@"); }
install -d -o postgres -m 700 "$folder/database"
as_postgres "$bin/initdb" -D "$folder/database" -U opening-bell -A trust --no-sync >/dev/null
as_postgres "$bin/pg_ctl" -D "$folder/database" -w -l "$folder/database/log" -o "-p 55432 -k $folder/database -h 127.0.0.1 -c max_connections=300" start >/dev/null
as_postgres "$bin/createdb" -h 127.0.0.1 -p 55432 -U opening-bell opening-bell

container=$(store from "$image")
told=(
    --env DATABASE_URL=postgres://opening-bell:secret@127.0.0.1:55432/opening-bell --env REDIS_URL=redis://127.0.0.1:56379/0
    --env SECRET_KEY=kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk --env ALLOWED_HOSTS=play.example --env TRUSTED_PROXIES=127.0.0.1
    --env HTTPS_ONLY=true --env LOG_FORMAT=json
)
run() { store run --isolation chroot "${told[@]}" "$container" -- "$@"; }
# In place of the shell: what is ended is the program itself, and what it has started ends with it.
start() {
    local name=$1
    shift
    (exec buildah --storage-driver vfs run --isolation chroot "${told[@]}" "$container" -- "$@") >"$folder/$name.log" 2>&1 &
    pids+=($!)
}
start broker sh -c 'exec "$(python -c "import django, os; os.environ[\"DJANGO_SETTINGS_MODULE\"] = \"game.settings\"; django.setup(); from game.ops import brokers; print(brokers.find_server())")" --port 56379 --save "" --bind 127.0.0.1'
for _ in $(seq 100); do (exec 3<>/dev/tcp/127.0.0.1/56379) 2>/dev/null && break || sleep 0.2; done
run sh -ec "python manage.py migrate --noinput -v 0; python manage.py collectstatic --noinput -v 0; python -c 'import engine; engine.warm()'"
for what in "web" "worker games" "control" "worker lab" "worker replay"; do
    # shellcheck disable=SC2086
    echo "$what: $(run python manage.py $what --check)"
done
start web-1 python manage.py web --port 58001
start web-2 python manage.py web --port 58002
start games-1 python manage.py worker games --name games-1
start games-2 python manage.py worker games --name games-2
start control python manage.py control
start lab python manage.py worker lab
start replay python manage.py worker replay

openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=play.example -addext subjectAltName=DNS:play.example -keyout "$folder/key.pem" \
    -out "$folder/cert.pem" 2>/dev/null
{
    printf '{\n\tadmin off\n\tauto_https disable_redirects\n\tstorage file_system %s/caddy\n}\n' "$folder"
    sed "s|^{\$SITE.*|&\n\ttls $folder/cert.pem $folder/key.pem|" game/deploy/Caddyfile
} >"$folder/Caddyfile"
SITE=https://play.example:58443 WEB="127.0.0.1:58001 127.0.0.1:58002" HOME=$folder caddy run --config "$folder/Caddyfile" --adapter caddyfile \
    >"$folder/caddy.log" 2>&1 &
pids+=($!)
ask() { curl -sS --max-time 10 --cacert "$folder/cert.pem" --resolve play.example:58443:127.0.0.1 "https://play.example:58443$1"; }
for _ in $(seq 120); do [[ $(ask /readyz 2>/dev/null) == *'"workers": "ok"'* ]] && break || sleep 1; done
echo "/readyz: $(ask /readyz)"
run python manage.py facilitator erin --address https://play.example:58443
code=$(run python manage.py shell -c "
from game.models import Exercise
exercise = Exercise.objects.create(title='A morning')
exercise.add_team('Cobalt', 'history')
exercise.start()
print(exercise.code)" | tail -1)
for _ in $(seq 60); do
    step=$(run python manage.py shell -c "from game.models import Run; print(Run.objects.get().step)" | tail -1)
    [ "$step" != None ] && [ "$step" -gt -20000 ] && first=${first:-$step} && [ "$step" -gt "$first" ] && break || sleep 1
done
echo "The market went from step $first to $step."
ask "/projector/$code/" | grep -o '<title>[^<]*'
grep -l Traceback "$folder"/*.log && exit 1
echo "Every process ran in $image."
