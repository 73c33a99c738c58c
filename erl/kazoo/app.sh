#!/bin/sh
# Lays out the application as Kazoo's own are: app.sh [DIR], which becomes DIR/call_inspector
# (build/kazoo-app). What rebar3 built must be there. Kazoo's build reads src, its releases ebin;
# both take the program from priv.
set -eu
cd "$(dirname "$0")/../.."

built=_build/default/lib/call_inspector/ebin
app=${1:-build/kazoo-app}/call_inspector

rm -rf "$app"
mkdir -p "$app/src" "$app/ebin" "$app/priv"
cp erl/*.erl "$app/src"
cp erl/kazoo/Makefile "$app"
: >"$app/deps.mk" # no dependencies of its own; kz.mk complains where there is no such file
cp $built/*.beam "$app/ebin"
cp -R priv/call_inspector priv/www "$app/priv"

# Kazoo starts first. Its build finds {modules,[]} and {vsn,...} in app.src by their spelling.
erl -noshell -eval '
    [From, To] = init:get_plain_arguments(),
    {ok, [{application, Name, Keys}]} = file:consult(From),
    Needs = [kazoo, kazoo_amqp, kazoo_apps, kazoo_stdlib, kernel, lager, stdlib],
    Write = fun(File, Replaced) ->
                    New = lists:foldl(fun(Pair, Acc) -> lists:keystore(element(1, Pair), 1, Acc, Pair) end
                                     ,Keys, Replaced),
                    ok = file:write_file(To ++ File, io_lib:format("~p.~n", [{application, Name, New}]))
            end,
    Write("/ebin/call_inspector.app", [{applications, Needs}]),
    Write("/src/call_inspector.app.src", [{applications, Needs}, {modules, []}]),
    halt().' -extra "$built/call_inspector.app" "$app"
