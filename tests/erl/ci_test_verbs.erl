%%% @doc What more than one suite does.
-module(ci_test_verbs).

-include_lib("stdlib/include/assert.hrl").

-export([free_port/0
        ,free_ports/1
        ,id/1
        ,replay/2
        ,runs/1
        ,wait_until/1
        ]).

-define(DEADLINE_MS, 90000). % nothing takes as long; a sanitizer on a busy machine is slow
-define(POLL_MS, 20).

free_port() -> hd(free_ports(1)).

%% @doc Below the ports that the kernel gives to connections, such as those between nodes.
free_ports(Count) -> free_ports(Count, []).

free_ports(0, Ports) -> Ports;
free_ports(Count, Ports) ->
    Port = 20000 + rand:uniform(12000),
    case is_free('gen_udp', 'open', Port) andalso is_free('gen_tcp', 'listen', Port)
        andalso not lists:member(Port, Ports)
    of
        'true' -> free_ports(Count - 1, [Port | Ports]);
        'false' -> free_ports(Count, Ports)
    end.

is_free(Module, Open, Port) ->
    case Module:Open(Port, [{'ip', {127, 0, 0, 1}}]) of
        {'ok', Socket} -> Module:close(Socket) =:= 'ok';
        {'error', _Taken} -> 'false'
    end.

%% @doc A parser's.
id(Port) -> iolist_to_binary(["127.0.0.1:", integer_to_list(Port)]).

replay(Recording, Port) ->
    {'ok', Socket} = gen_udp:open(0, ['binary', {'ip', {127, 0, 0, 1}}]),
    _ = ['ok' = gen_udp:send(Socket, {127, 0, 0, 1}, Port, Datagram)
         || Datagram <- ci_test_data:recording(Recording)
        ],
    gen_udp:close(Socket).

runs(OsPid) -> os:cmd("kill -0 " ++ integer_to_list(OsPid) ++ " 2>&1") =:= "".

wait_until(Condition) ->
    wait_until(Condition, erlang:monotonic_time('millisecond') + ?DEADLINE_MS).

wait_until(Condition, Deadline) ->
    case Condition() of
        'true' -> 'ok';
        'false' ->
            ?assert(erlang:monotonic_time('millisecond') < Deadline),
            receive after ?POLL_MS -> wait_until(Condition, Deadline) end
    end.
