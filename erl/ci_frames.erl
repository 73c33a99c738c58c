%%% @doc Cuts the bytes from the program's pipe into frames: four bytes of length, then a term in
%%% the external format. A port with `{packet, 4}' would do the same, but would allocate any length
%%% that the bytes claim.
-module(ci_frames).

-export([none/0
        ,add/2
        ,term/1
        ]).
-export_type([frames/0]).

-define(LENGTH, 4).
-define(MAX_FRAME, 80 * 1024 * 1024). % the longest is an event: a body of 64 MB, and its key
-define(VERSION, 131).
-define(COMPRESSED, 80).

-type frames() :: {pos_integer(), non_neg_integer(), [binary()]}. % bytes needed for the frame or
                  % its length field; bytes received; these bytes, the newest first

-spec none() -> frames().
none() -> {?LENGTH, 0, []}.

%% @doc Returns the whole frames, and the rest.
-spec add(binary(), frames()) -> {'ok', [binary()], frames()} | 'too_large'.
add(Bytes, {Needed, There, Parts}) when There + byte_size(Bytes) < Needed ->
    {'ok', [], {Needed, There + byte_size(Bytes), [Bytes | Parts]}};
add(Bytes, {_Needed, _There, Parts}) ->
    cut(iolist_to_binary(lists:reverse(Parts, [Bytes])), []).

-spec cut(binary(), [binary()]) -> {'ok', [binary()], frames()} | 'too_large'.
cut(<<Length:32, _/binary>>, _Frames) when Length > ?MAX_FRAME -> 'too_large';
cut(<<Length:32, Frame:Length/binary, Rest/binary>>, Frames) -> cut(Rest, [Frame | Frames]);
cut(<<Length:32, _/binary>>=Rest, Frames) -> left(?LENGTH + Length, Rest, Frames);
cut(Rest, Frames) -> left(?LENGTH, Rest, Frames).

-spec left(pos_integer(), binary(), [binary()]) -> {'ok', [binary()], frames()}.
left(Needed, Rest, Frames) ->
    {'ok', lists:reverse(Frames), {Needed, byte_size(Rest), [Rest]}}.

%% @doc Decodes without creating atoms, and refuses compressed terms: a few bytes can expand to more
%% than a node can hold.
-spec term(binary()) -> {'ok', any()} | 'error'.
term(<<?VERSION, ?COMPRESSED, _/binary>>) -> 'error';
term(Frame) ->
    try {'ok', binary_to_term(Frame, ['safe'])}
    catch
        'error':'badarg' -> 'error'
    end.
