#!/usr/bin/env escript
%%! +A0 -hidden
%% As Kazoo's sup: the path of sup_client, then what that wants.
-mode('compile').

main([Path | Arguments]) ->
    'true' = code:add_patha(Path),
    sup_client:main(Arguments).
