%% KAZOO_4_2 is defined where these are to be as 4.2's (and 4.0's and 4.1's), else they are as those
%% of 4.3 and 5.
-ifdef(KAZOO_4_2).
-define(AMQP_UTIL, amqp_util).
-else.
-define(AMQP_UTIL, kz_amqp_util).
-endif.
