<?php
// Makes orders by the official PHP SDK, on one thread, as the other clients of the benchmark do.
// php peer.php AUTOLOAD KEYS URL PATH MCHID SERIAL PUBLIC_KEY_ID PREPAY_ID ORDER
// It answers a line "IN-FLIGHT MILLISECONDS" by a line "CALLS NANOSECONDS CPU-MICROSECONDS".
declare(strict_types=1);

use GuzzleHttp\Promise\EachPromise;
use Psr\Http\Message\ResponseInterface;
use WeChatPay\Builder;
use WeChatPay\Crypto\Rsa;

[, $autoload, $keys, $url, $path, $mchid, $serial, $publicKeyID, $prepayID, $order] = $argv;
error_reporting(E_ALL & ~E_DEPRECATED); // of what the SDK requires
ini_set('display_errors', 'stderr');
require $autoload;

$client = Builder::factory([
    'base_uri' => $url,
    'mchid' => $mchid,
    'serial' => $serial,
    'privateKey' => Rsa::from(file_get_contents("$keys/apiclient_key.pem")),
    'certs' => [$publicKeyID => Rsa::from(file_get_contents("$keys/pub_key.pem"), Rsa::KEY_TYPE_PUBLIC)],
]);
$order = json_decode($order, true);
$number = 0;

$cpu = static function (): int {
    $used = getrusage();
    return ($used['ru_utime.tv_sec'] + $used['ru_stime.tv_sec']) * 1000000 + $used['ru_utime.tv_usec'] + $used['ru_stime.tv_usec'];
};

printf("%s, PHP %s\n", WeChatPay\ClientDecoratorInterface::VERSION, PHP_VERSION);
while (($line = fgets(STDIN)) !== false) {
    [$inFlight, $milliseconds] = array_map('intval', explode(' ', trim($line)));
    $calls = $started = 0;
    $used = $cpu();
    $began = hrtime(true);
    $orders = (static function () use (&$started, &$number, $client, $path, $order, $began, $inFlight, $milliseconds) {
        while ($started < $inFlight || hrtime(true) - $began < $milliseconds * 1000000) {
            $started++;
            $order['out_trade_no'] = 'PHP-' . ++$number;
            yield $client->chain($path)->postAsync(['json' => $order]);
        }
    })();
    (new EachPromise($orders, [
        'concurrency' => $inFlight,
        'fulfilled' => static function (ResponseInterface $response) use (&$calls, $prepayID) {
            if (json_decode((string) $response->getBody(), true)['prepay_id'] !== $prepayID) {
                throw new UnexpectedValueException('another prepay_id');
            }
            $calls++;
        },
        'rejected' => static function (Throwable $reason) {
            throw $reason;
        },
    ]))->promise()->wait();
    printf("%d %d %d\n", $calls, hrtime(true) - $began, $cpu() - $used);
}
