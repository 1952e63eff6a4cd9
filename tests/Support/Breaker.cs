using System.Text;
using Wager.Games;

namespace Wager.Tests;

/// <summary>Valid safetensors files, broken in one to three ways by the coins of a number.</summary>
internal sealed class Breaker(ulong number)
{
    private const int MostWays = 3;
    private const ulong Seed = 20_261_123;

    private static readonly byte[][] _valid =
    [
        SafeTensorsTests.Bytes("{}", 0),
        SafeTensorsTests.Bytes("""{"__metadata__":{"format":"pt","größe":"\u00e9"}}     """, 0),
        SafeTensorsTests.Bytes("""{"a":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}""", 24),
        SafeTensorsTests.Bytes("""{"__metadata__":{"format":"pt"},"a.weight":{"dtype":"BF16","shape":[2,4],"data_offsets":[0,16]},"a.bias":{"dtype":"BF16","shape":[2],"data_offsets":[16,20]}}  """, 20),
        SafeTensorsTests.Bytes("""{"b":{"data_offsets":[8,8],"shape":[0],"dtype":"I64"}, "s":{"dtype":"F64","shape":[],"data_offsets":[0,8]},"c":{"dtype":"F4","shape":[2,3],"data_offsets":[8,11]}}""", 11),
        SafeTensorsTests.Bytes("""{"\u0061\n":{"dtype":"BOOL","shape":[1,1,1,1,1],"data_offsets":[0,1]},"x":{"dtype":"F8_E4M3","shape":[3],"data_offsets":[1,4]},"y":{"dtype":"U16","shape":[10],"data_offsets":[4,24]}}""", 24),
    ];

    /// <summary>What is put in the place of something, or between: what has broken parsers before.</summary>
    private static readonly byte[][] _pieces =
    [
        .. new[]
        {
            "0", "1", "-1", "-0", "00", "1.0", "1e3", "2", "4", "8", "16", "24", "255", "4294967296", "9223372036854775807", "9223372036854775808", "18446744073709551615",
            "18446744073709551616", "99999999999999999999999999", "null", "true", "{}", "[]", "{", "}", "[", "]", ",", ":", "\"", "\\", "\\u0000", "\\ud800", "\\ud83d\\ude00",
            " ", "\n", "\0", "\uFEFF", "/**/", "\"a\"", "\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"__metadata__\"", "\"F32\"", "\"F4\"", "\"F6_E2M3\"", "\"C64\"", "\"U8\"", "[0]",
            "[0,0]", "[0,8]", "[0,24]", "[4294967296,4294967296,4294967296]", "[4294967296,4294967296,4294967296,4294967296]", "\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]},", "\"__metadata__\":{},", "NaN", "1E400",
        }.Select(Encoding.UTF8.GetBytes),
        [0xC0], [0xFF], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
    ];

    private readonly ulong _key = Coins.Word(Seed, number);
    private ulong _position;

    /// <summary>The file.</summary>
    public byte[] Break()
    {
        byte[] valid = Choice(_valid);
        int headerEnd = 8 + (int)BitConverter.ToInt64(valid);
        List<byte> header = [.. valid[8..headerEnd]];
        List<byte> data = [.. valid[headerEnd..]];
        for (int ways = 1 + Below(MostWays); ways > 0; ways--)
        {
            switch (Below(16))
            {
                case 0:
                    Change(data);
                    break;
                case 1:
                    data.AddRange(new byte[Below(16)]);
                    break;
                case 2:
                    data.RemoveRange(0, Below(data.Count + 1));
                    break;
                case < 7:
                    ChangeNumber(header);
                    break;
                default:
                    Change(header);
                    break;
            }
        }

        byte[] file = [.. BitConverter.GetBytes(Length(header.Count)), .. header, .. data];
        return Below(16) == 0 ? file[..Below(file.Length + 1)] : file;
    }

    /// <summary>The length before the header, which is mostly right: what is broken behind it is then read.</summary>
    private long Length(int right) => Below(32) switch
    {
        0 => right + Below(17) - 8,
        1 => (long)Coins.Word(_key, ++_position) >> Below(64),
        _ => right,
    };

    private void Change(List<byte> bytes)
    {
        int from = Below(bytes.Count + 1);
        int length = Below(Math.Min(bytes.Count - from, 40) + 1);
        switch (Below(8))
        {
            case 0 when from < bytes.Count:
                bytes[from] ^= (byte)(1 << Below(8));
                break;
            case 1 when from < bytes.Count:
                bytes[from] = (byte)Below(256);
                break;
            case 2:
                bytes.RemoveRange(from, length);
                break;
            case 3:
                bytes.InsertRange(Below(bytes.Count + 1), [.. bytes.Skip(from).Take(length)]);
                break;
            case 4:
                byte[] other = Choice(_valid);
                bytes.RemoveRange(from, length);
                bytes.InsertRange(from, other.Skip(Below(other.Length)).Take(Below(60)));
                break;
            case 5:
                bytes.InsertRange(from, Enumerable.Repeat(Choice(_pieces), 1 + Below(200)).SelectMany(piece => piece));
                break;
            case 6:
                bytes.RemoveRange(from, length);
                goto default;
            default:
                bytes.InsertRange(from, Choice(_pieces));
                break;
        }
    }

    /// <summary>Another number, or a few more digits, in the place of one.</summary>
    private void ChangeNumber(List<byte> header)
    {
        int from = header.FindIndex(Below(header.Count + 1), b => char.IsAsciiDigit((char)b));
        if (from >= 0)
        {
            int end = header.FindIndex(from, b => !char.IsAsciiDigit((char)b));
            header.RemoveRange(from, Below(3) == 0 ? 0 : (end < 0 ? header.Count : end) - from);
            header.InsertRange(from, Below(2) == 0 ? Choice(_pieces) : Encoding.UTF8.GetBytes($"{Below(32)}"));
        }
    }

    private int Below(int bound) => Coins.Below(_key, ++_position, bound);

    private byte[] Choice(byte[][] from) => from[Below(from.Length)];
}
