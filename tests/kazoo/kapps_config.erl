%%% @doc As Kazoo's, with the configuration in the environment instead of CouchDB, as JSON.
-module(kapps_config).

-export([get/2]).

get(<<"call_inspector">>, Key) ->
    {'ok', Text} = application:get_env('call_inspector', 'test_config'),
    {Members} = kz_json:decode(Text),
    proplists:get_value(Key, Members).
