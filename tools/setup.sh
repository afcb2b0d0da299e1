#!/bin/sh
# Everything that `make run` (setup.sh run) and `make test` (setup.sh test) need, from Python, make and apt alone.
# What is locked is installed by hash; what a stamp says is there is not looked at again.
set -eu
cd "$(dirname "$0")/.."
venv=.venv
what=${1:?run or test}
case $what in
    run) lock=requirements.lock ;;
    test) lock=requirements-dev.lock ;;
esac
stamp=$venv/.$what.stamp
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "$*" >&2; }
fail() { say "$*"; exit 3; }

# apt_get PACKAGE…: install what Debian has, where we may and can; false where not.
apt_get() {
    command -v apt-get >/dev/null || return 1
    sudo=
    if [ "$(id -u)" -ne 0 ]; then
        sudo -n true 2>/dev/null || return 1
        sudo=sudo
    fi
    say "正在用 apt 安装 $*"
    log=$(mktemp)
    if { timeout 120 $sudo apt-get -qq update &&
        DEBIAN_FRONTEND=noninteractive timeout 400 $sudo apt-get -qq install -y --no-install-recommends "$@"; } >"$log" 2>&1
    then
        rm -f "$log"
    else
        tail -n 3 "$log" >&2
        rm -f "$log"
        return 1
    fi
}

# a Python that is new enough: $PYTHON, else the first on PATH
find_python() {
    for python in ${PYTHON:-python3.11 python3 python3.12 python3.13 python3.14}; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$python"
            return
        fi
    done
    fail "没有找到 Python 3.11 或更新的版本（${PYTHON:-python3.11、python3}）；请先安装，或用 make $what PYTHON=/路径/python3 指定。"
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        apt_get "$version" || apt_get python3-venv ||
            fail "$python 缺少 venv 模块，又不能自动安装；请先运行 sudo apt install $version，再试一次。"
    fi
    say "正在建立虚拟环境 $venv"
    "$python" -m venv "$venv" || fail "虚拟环境 $venv 建不起来；请看上面的原因，删掉 $venv 再试一次。"
}

# pip knows the machine's own indexes; uv, where it is there, is only faster
install() {
    if command -v uv >/dev/null && uv pip install --quiet --python "$venv/bin/python" "$@" 2>/dev/null; then
        return
    fi
    "$venv/bin/python" -m pip install --quiet --quiet "$@" ||
        fail "依赖没有装上；请检查网络或 pip 的镜像设置，再试一次。"
}

# The browser and its Chinese letters, for the tests that look at pages; without them those tests say so and skip.
for_browsers() {
    missing=
    command -v chromium >/dev/null || command -v chromium-browser >/dev/null ||
        command -v google-chrome >/dev/null || missing="chromium"
    fc-list :lang=zh 2>/dev/null | grep -q . || missing="$missing fonts-noto-cjk"
    [ -z "$missing" ] || apt_get $missing ||
        say "没能安装 $missing（apt 不可用，或没有权限）；用浏览器的测试会跳过，其余照常。"
}

# The database of many machines, for the tests that run on both kinds; they start one of their own.
for_databases() {
    command -v postgres >/dev/null || ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 ||
        apt_get postgresql ||
        say "没能安装 postgresql（apt 不可用，或没有权限）；用 PostgreSQL 的测试会跳过，其余照常。"
}

here() { [ "$(cat "$stamp" 2>/dev/null)" = "$PWD" ]; }
fresh() { here && [ ! "$lock" -nt "$stamp" ] && [ ! pyproject.toml -nt "$stamp" ]; }

if ! fresh; then
    [ ! -e "$stamp" ] || here || rm -rf "$venv"  # the folder was moved or copied: its scripts point elsewhere
    "$venv/bin/python" -c '' 2>/dev/null || make_venv
    say "正在安装 $lock 中的依赖"
    install --require-hashes -r "$lock"
    install --no-deps --no-build-isolation -e .
    [ "$what" != test ] || { for_browsers; for_databases; }
    printf '%s' "$PWD" >"$stamp"
fi
