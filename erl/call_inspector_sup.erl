%%% @doc ci_state keeps the list of wanted parsers while ci_port and its program are restarted. If
%%% ci_state is restarted, the list is the configured one again, so ci_port must be restarted as
%%% well. A new program has to learn the listener's queue.
-module(call_inspector_sup).

-behaviour(supervisor).

-export([start_link/0]).
-export([init/1]).

-define(SHUTDOWN_MS, 10000). % time for the program to write its data to disk

-spec start_link() -> {'ok', pid()} | 'ignore' | {'error', any()}.
start_link() ->
    supervisor:start_link({'local', ?MODULE}, ?MODULE, []).

-spec init([]) -> {'ok', {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    Flags = #{'strategy' => 'rest_for_one'
             ,'intensity' => 5
             ,'period' => 10
             },
    Listeners = [worker('ci_listener', 5000) || ci_kazoo:is_here()]
        ++ [worker('ci_call_events', 5000) || ci_kazoo:hears_calls()],
    {'ok', {Flags, [worker('ci_state', 5000), worker('ci_port', ?SHUTDOWN_MS) | Listeners]}}.

-spec worker(module(), pos_integer()) -> supervisor:child_spec().
worker(Module, ShutdownMs) ->
    #{'id' => Module
     ,'start' => {Module, 'start_link', []}
     ,'shutdown' => ShutdownMs
     }.
