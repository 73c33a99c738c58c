%%% @doc As Kazoo's: objects are `{[{Key, Value}]}'. The work is done by the JSON library that
%%% RabbitMQ brings along.
-module(kz_json).

-export([encode/1
        ,decode/1
        ,is_json_object/1
        ,to_proplist/1
        ]).

encode(JObj) -> [jsx:encode(to_maps(JObj))]. % any iodata, as in Kazoo

decode(Text) -> from_maps(jsx:decode(iolist_to_binary(Text), ['return_maps'])).

is_json_object({Members}) -> is_list(Members);
is_json_object(_Other) -> 'false'.

to_proplist({Members}) -> Members.

to_maps({Members}) -> maps:from_list([{Key, to_maps(Value)} || {Key, Value} <- Members]);
to_maps(List) when is_list(List) -> [to_maps(Value) || Value <- List];
to_maps(Value) -> Value.

from_maps(Map) when is_map(Map) -> {[{Key, from_maps(Value)} || {Key, Value} <- maps:to_list(Map)]};
from_maps(List) when is_list(List) -> [from_maps(Value) || Value <- List];
from_maps(Value) -> Value.
