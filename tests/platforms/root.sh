# Sourced by the scripts beside it: bare systems to try things in. Wants root, and debootstrap.

say() { printf '\n==== %s\n' "$*"; }
fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# make_root FOLDER MIRROR [OPTION...]: Debian 12 as debootstrap leaves it, the packages without which there is no Debian.
make_root() {
    [[ $(id -u) -eq 0 ]] || fail "needs root: it makes a system of its own"
    command -v debootstrap >/dev/null || fail "needs debootstrap"
    debootstrap --variant=minbase "${@:3}" bookworm "$1" "$2" >"$1.log" 2>&1 || fail "debootstrap failed; see $1.log"
    mount -t proc proc "$1/proc"
    mounted+=("$1/proc")
    echo "deb $2 bookworm main" >"$1/etc/apt/sources.list"
}
mounted=()
unmount() {
    local folder
    for folder in ${mounted[@]+"${mounted[@]}"}; do umount "$folder"; done
    if [[ -n ${temporary:-} ]]; then rm -rf --one-file-system "$temporary"; fi
}
trap unmount EXIT

# within ROOT COMMAND...: runs there, with nothing of the environment outside.
within() {
    env -i HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive chroot "$1" "${@:2}"
}
