%%% @doc One way to log on every release: `logger' came with OTP 21; before it, and where lager
%%% stands in for it, `error_logger' is what everybody listens to.
-module(ci_log).

-export([log/3]).
-export_type([level/0]).

-type level() :: 'debug' | 'info' | 'warning' | 'error'.

-spec log(level(), string(), [any()]) -> 'ok'.
log(Level, Format, Args) ->
    Line = "call_inspector: " ++ Format,
    case erlang:function_exported('logger', 'log', 3) of
        'true' -> logger:log(Level, Line, Args); % no domain: the default handler drops most
        'false' -> log_old(Level, Line, Args)
    end.

-spec log_old(level(), string(), [any()]) -> 'ok'.
log_old('debug', _Line, _Args) -> 'ok';
log_old('info', Line, Args) -> error_logger:info_msg(Line ++ "~n", Args);
log_old('warning', Line, Args) -> error_logger:warning_msg(Line ++ "~n", Args);
log_old('error', Line, Args) -> error_logger:error_msg(Line ++ "~n", Args).
