%%% @doc What is wanted outlives what does it: ci_state keeps the list of parsers while ci_port
%%% and its program come and go. Without ci_state the list is the configured one again, so a
%%% fresh ci_port must follow it; a fresh program has to be told about the listener's queue.
-module(call_inspector_sup).

-behaviour(supervisor).

-export([start_link/0]).
-export([init/1]).

-define(SHUTDOWN_MS, 10000). % the program writes down what it holds

-spec start_link() -> {'ok', pid()} | 'ignore' | {'error', any()}.
start_link() ->
    supervisor:start_link({'local', ?MODULE}, ?MODULE, []).

-spec init([]) -> {'ok', {supervisor:sup_flags(), [supervisor:child_spec()]}}.
init([]) ->
    Flags = #{'strategy' => 'rest_for_one'
             ,'intensity' => 5
             ,'period' => 10
             },
    Listeners = [worker('ci_listener', 5000) || ci_kazoo:is_here()],
    {'ok', {Flags, [worker('ci_state', 5000), worker('ci_port', ?SHUTDOWN_MS) | Listeners]}}.

-spec worker(module(), pos_integer()) -> supervisor:child_spec().
worker(Module, ShutdownMs) ->
    #{'id' => Module
     ,'start' => {Module, 'start_link', []}
     ,'shutdown' => ShutdownMs
     }.
