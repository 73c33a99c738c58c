%%% @doc Logging on every release. Inside Kazoo lager is used, because operators read its files.
%%% `logger' came with OTP 21; earlier releases have `error_logger'.
-module(ci_log).

-export([log/3
        ,seldom/4
        ]).
-export_type([level/0]).

-define(SELDOM_MS, 60000).

-type level() :: 'debug' | 'info' | 'warning' | 'error'.

-spec log(level(), string(), [any()]) -> 'ok'.
log(Level, Format, Args) ->
    Text = unicode:characters_to_list(io_lib:format(Format, Args)),
    case ci_words:visible(Text) of
        Text -> log_visible(Level, "call_inspector: " ++ Format, Args);
        Visible -> log_visible(Level, "call_inspector: ~ts", [Visible])
    end.

-spec log_visible(level(), string(), [any()]) -> 'ok'.
log_visible(Level, Line, Args) ->
    case {has_lager(), erlang:function_exported('logger', 'log', 3)} of
        {'true', _} ->
            _ = ci_kazoo:call('lager', 'log', [Level, self(), Line, Args]),
            'ok';
        % Without a domain, because the default handler drops the events of most domains.
        {'false', 'true'} -> logger:log(Level, Line, Args);
        {'false', 'false'} -> log_old(Level, Line, Args)
    end.

%% @doc Logs at most once a minute for each `What' of this process, for errors that may occur with
%% every message. The next line tells how many were left out.
-spec seldom(atom(), level(), string(), [any()]) -> 'ok'.
seldom(What, Level, Format, Args) ->
    Key = {?MODULE, What},
    Now = erlang:monotonic_time(1000),
    case get(Key) of
        {Last, LeftOut} when Now < Last + ?SELDOM_MS ->
            _ = put(Key, {Last, LeftOut + 1}),
            'ok';
        {_Last, LeftOut} when LeftOut > 0 ->
            _ = put(Key, {Now, 0}),
            log(Level, Format ++ " (and ~b times before)", Args ++ [LeftOut]);
        _Never ->
            _ = put(Key, {Now, 0}),
            log(Level, Format, Args)
    end.

-spec has_lager() -> boolean().
has_lager() ->
    whereis('lager_event') =/= 'undefined'
        andalso code:ensure_loaded('lager') =:= {'module', 'lager'}.

-spec log_old(level(), string(), [any()]) -> 'ok'.
log_old('debug', _Line, _Args) -> 'ok';
log_old('info', Line, Args) -> error_logger:info_msg(Line ++ "~n", Args);
log_old('warning', Line, Args) -> error_logger:warning_msg(Line ++ "~n", Args);
log_old('error', Line, Args) -> error_logger:error_msg(Line ++ "~n", Args).
